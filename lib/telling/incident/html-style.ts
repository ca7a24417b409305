// The style of the mailed report: the visual language of the screens, dark and light by the reader's preference, paper always
// light. It names no file and no font that would have to be loaded.

const DARK =
  '--bg0:#0b0d10;--bg1:#101317;--bg3:#1e232a;--l1:#1d2228;--l2:#2d343c;--f0:#f3f5f7;--f1:#c5ccd4;--f2:#9aa3ae;--f3:#828b96;--accent:#7aaeff;--critical:#ff7f4d;--unknown:#dc95c0;--warning:#edb53a;';
const LIGHT =
  '--bg0:#f5f6f7;--bg1:#fff;--bg3:#e8ebee;--l1:#e5e8eb;--l2:#d0d5da;--f0:#0d1117;--f1:#2f363e;--f2:#4c555f;--f3:#616a74;--accent:#0b5cc2;--critical:#b03a05;--unknown:#96407a;--warning:#855800;';

export const STYLE = `
:root{color-scheme:dark light;${DARK}}
@media (prefers-color-scheme:light){:root{${LIGHT}}}
@media print{:root{color-scheme:light;${LIGHT}--bg0:#fff}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg0);color:var(--f1);font:13px/19px Inter,system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;font-variant-numeric:tabular-nums;-webkit-text-size-adjust:100%}
main{max-width:980px;margin:0 auto;padding:24px 16px}
h1{margin:0 0 2px;font-size:22px;line-height:28px;font-weight:600;color:var(--f0);overflow-wrap:anywhere}
h2{margin:0;padding:7px 14px;font-size:13px;font-weight:600;color:var(--f0);border-bottom:1px solid var(--l1)}
p,dl,dd,ul{margin:0;padding:0}
p,dd,li{overflow-wrap:anywhere}
li{list-style:none}
a{color:var(--f0);text-decoration-color:var(--f3);text-underline-offset:2px}
code{font:11px/16px "JetBrains Mono",ui-monospace,Menlo,Consolas,monospace;color:var(--f3)}
.window{color:var(--f2)}
.headline{margin:12px 0 16px;font-size:18px;line-height:25px;font-weight:500;color:var(--f0);max-width:46em}
section,.facts{margin:0 0 12px;background:var(--bg1);border:1px solid var(--l1);border-radius:8px;overflow:hidden}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(260px,1fr));gap:12px 24px;padding:12px 14px}
dt{font-size:11px;line-height:16px;color:var(--f2)}
dd{color:var(--f0)}
.story>li,.findings>li,.caveats>li{display:flex;gap:10px;padding:6px 14px;border-top:1px solid var(--l1)}
.story>li:first-child,.findings>li:first-child,.caveats>li:first-child{border-top:0}
.story>li>div,.findings>li>div{min-width:0;flex:1}
.story p,.findings p{color:var(--f0)}
.story time{flex:0 0 184px;color:var(--f2);font-size:12px}
.story ul{margin-top:2px;color:var(--f2);font-size:12px;line-height:17px}
.plain{padding:8px 14px}
.dim{color:var(--f3);font-size:12px}
.mark{flex:none;margin-top:3px;color:var(--f3)}
.mark.critical,b.critical{color:var(--critical)}
.mark.unknown,b.unknown{color:var(--unknown)}
.mark.warning,b.warning{color:var(--warning)}
.mark.note,b.note{color:var(--f1)}
b{font-weight:600}
s{color:var(--f3)}
.track{display:block;position:relative;height:6px;margin:4px 0 2px;border-radius:3px;background:var(--bg3)}
.track i{position:absolute;top:0;bottom:0;min-width:2px;border-radius:3px;background:var(--f3)}
.track i.critical{background:var(--critical)}
.track i.warning{background:var(--warning)}
.track i.unknown{background:repeating-linear-gradient(90deg,var(--unknown) 0 5px,transparent 5px 8px)}
.chart{display:block;width:100%;height:auto;padding:4px 0}
.chart.narrow{display:none}
.chart text{font-size:11px;fill:var(--f3)}
.chart .words{fill:var(--f1)}
.chart .loud-words{fill:var(--warning);font-weight:600}
.chart path{fill:none}
.chart .grid{stroke:var(--l1)}
.chart .event{stroke:var(--f2);stroke-dasharray:3 3}
.chart .flag{fill:var(--f1)}
.chart .line{stroke:var(--f3);stroke-width:1.2;stroke-linecap:round}
.chart .loud{stroke:var(--warning);stroke-width:1.8;stroke-linecap:round}
.chart .blind{fill:var(--unknown);fill-opacity:.14}
footer{padding:4px 14px;color:var(--f3);font-size:12px}
@media (max-width:640px){
main{padding:16px 8px}
body{font-size:15px;line-height:21px}
.story>li{flex-wrap:wrap;gap:2px 10px}
.story time{flex-basis:100%}
.chart.wide{display:none}
.chart.narrow{display:block}
}
@media print{
main{max-width:none;padding:0}
section,.facts{border-color:var(--l2)}
.story>li,.findings>li,.chart,.facts{break-inside:avoid}
h2{break-after:avoid}
.chart.wide{display:block}
.chart.narrow{display:none}
.track,.track i,.chart .blind{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
`;
