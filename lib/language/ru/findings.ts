// Russian for the findings: titles, evidence, advice.
import type { Catalogue } from '../translate';

export const FINDINGS: Catalogue = {
  // Labels and single words of evidence.
  for: 'уже',
  members: 'участники',
  quorum: 'кворум',
  limit: 'предел',
  receive: 'приём',
  replay: 'replay',
  history: 'history',
  serves: 'обслуживает',
  leader: 'лидер',
  never: 'никогда',
  unknown: 'неизвестно',
  answers: 'отвечает',
  'member key': 'ключ участника',
  'fork point': 'точка расхождения',
  'not replayed': 'не применено',
  'last failed': 'последний сбой',
  'last archived': 'последний в архиве',
  '/cluster says': '/cluster сообщает',
  'on {0}': 'источник {0}',
  '{n} members': ['{n} участник', '{n} участника', '{n} участников'],
  '{n} more losses': ['ещё {n} потеря', 'ещё {n} потери', 'ещё {n} потерь', '{n} more loss'],

  // The DCS.
  'etcd has no quorum: {0} of {1} answer': 'etcd без кворума: отвечают {0} из {1}',
  'Bring the missing etcd members back before the ttl ends. Change nothing in Patroni meanwhile.':
    'Верните недостающих участников etcd, пока не истёк ttl. До этого ничего не меняйте в Patroni.',
  'no member says primary': 'никто из участников не называет себя primary',
  '{0} still says primary': '{0} всё ещё называет себя primary',
  '{0} still say primary': '{0} всё ещё называют себя primary',
  'on, active': 'включён, действует',
  'The primary keeps working by failsafe_mode. Bring etcd back.':
    'Primary продолжает работать благодаря failsafe_mode. Верните etcd.',
  'Without the DCS a primary demotes itself within the ttl. Check etcd, then the network between Howdah and etcd.':
    'Без DCS primary сам понизит себя в пределах ttl. Проверьте etcd, затем сеть между Howdah и etcd.',
  'etcd {0} does not answer': 'etcd {0} не отвечает',
  'etcd {0} do not answer': 'etcd {0} не отвечают',
  'holds; {0} until it is gone': 'есть; {0}, и его не станет',
  'Bring it back soon: with one more loss no cluster can keep its leader.':
    'Верните его скорее: после ещё одной потери ни один кластер не удержит лидера.',
  'Bring it back.': 'Верните его.',
  'etcd alarm {0}': 'Тревога etcd: {0}',
  'Compact and defragment etcd, or raise its quota; then disarm the alarm: `etcdctl alarm disarm`.':
    'Сожмите и дефрагментируйте etcd или увеличьте его квоту; затем снимите тревогу: `etcdctl alarm disarm`.',
  'Read the log of etcd; restore the corrupt member from its peers.':
    'Прочитайте журнал etcd; восстановите повреждённого участника с соседних.',
  'etcd has never answered': 'etcd ещё ни разу не ответил',
  'etcd has never answered: who leads is not known': 'etcd ещё ни разу не ответил: кто лидер, неизвестно',
  'etcd has not answered for {0}': 'etcd не отвечает уже {0}',
  'etcd has not answered for {0}: who leads is not known': 'etcd не отвечает уже {0}: кто лидер, неизвестно',

  // The leader.
  'primary on timeline {0}, DCS says nothing': 'primary на timeline {0!}, DCS о нём молчит',
  'primary on timeline {0}, DCS says {1}': 'primary на timeline {0!}, по DCS {1}',
  'may be elected': 'может быть избран',
  'in recovery': 'в recovery',
  'No leader for {0}: a primary works on without the key':
    'Нет лидера уже {0}: один primary продолжает работать без ключа',
  'No leader for {0}: nothing accepts writes': 'Нет лидера уже {0}: запись никто не принимает',
  'No leader: an election is due': 'Нет лидера: предстоят выборы',
  'No leader for {0}: an election is due': 'Нет лидера уже {0}: предстоят выборы',
  'not read, but no member says that it is a primary': 'не прочитан, но никто из участников не называет себя primary',
  'the leader key does not exist': 'ключа лидера нет',
  'Bring the DCS back: without it nobody can take the leader key. Promote nothing by hand while it may return.':
    'Верните DCS: без него никто не может взять ключ лидера. Ничего не повышайте вручную, пока он может вернуться.',
  'Do not stop the primary that runs: it may be the only one that accepts writes. See why its Patroni does not take the key.':
    'Не останавливайте работающий primary: возможно, только он принимает запись. Выясните, почему его Patroni не берёт ключ.',
  'Find out why no member may take over (below). A manual failover to the member with the most WAL ends the outage; what it has not received is lost.':
    'Выясните, почему никто из участников не может принять роль (ниже). Ручной failover на участника с наибольшим WAL закончит простой; чего он не получил, будет потеряно.',
  'Wait: Patroni elects within the ttl of {0} s.': 'Подождите: Patroni проведёт выборы в пределах ttl, {0} с.',
  '{0} are all primaries': '{0} одновременно primary',
  'no leader key': 'ключа лидера нет',
  'the leader key names {0}': 'в ключе лидера записан {0}',
  "Keep clients away from {0} at once: what it accepts is not in the cluster's history. Then stop its PostgreSQL and reinitialize it.":
    'Немедленно уведите клиентов с {0}: принятого им нет в истории кластера. Затем остановите там PostgreSQL и выполните reinitialize.',
  '{0} holds the leader key but runs no primary': '{0} держит ключ лидера, но primary там не работает',
  'leader key of {0}, {1} s left': 'ключ лидера у {0}, осталось {1} с',
  'leader key of {0}': 'ключ лидера у {0}',
  'state {0}': 'состояние {0!}',
  'says {0}': 'сообщает {0!}',
  'does not answer': 'не отвечает',
  "Look at PostgreSQL's log on {0}. If its Patroni is alive it restarts PostgreSQL or gives the key up; if it hangs, the key expires after the ttl.":
    'Посмотрите журнал PostgreSQL на {0}. Если Patroni там жив, он перезапустит PostgreSQL или отдаст ключ; если завис, ключ истечёт через ttl.',
  '{0} is a primary without the leader key': '{0} работает как primary без ключа лидера',
  'Do not stop {0}: it may be the only one that accepts writes. See why its Patroni does not take the key.':
    'Не останавливайте {0}: возможно, только он принимает запись. Выясните, почему его Patroni не берёт ключ.',
  'Keep clients away from {0}: it can diverge from {1} with every write. Stop its PostgreSQL, then reinitialize it.':
    'Уведите клиентов с {0}: с каждой записью он может разойтись с {1}. Остановите там PostgreSQL, затем выполните reinitialize.',
  'failsafe_mode is active: {0} stays primary without the DCS': 'Действует failsafe_mode: {0} остаётся primary без DCS',
  'failsafe_mode is active': 'Действует failsafe_mode',
  'No failover is possible now, and if one member stops answering the primary demotes itself. Bring the DCS back; restart nothing meanwhile.':
    'Failover сейчас невозможен, а если хоть один участник перестанет отвечать, primary понизит себя. Верните DCS; до этого ничего не перезапускайте.',
  'no other member': 'других участников нет',
  'No member may become leader': 'Никто из участников не может стать лидером',
  'No member could take over from {0}': 'Никто из участников не сможет сменить {0}',
  'Patroni itself would elect {0}, which loses data: repair it first, or tag it nofailover.':
    'Сам Patroni избрал бы {0}, и данные были бы потеряны: сначала почините его или задайте тег nofailover.',
  'Add a standby if this cluster should survive the loss of its only member.':
    'Добавьте реплику, если кластер должен пережить потерю единственного участника.',
  'Repair one standby before anything else is done to this cluster.':
    'Почините хотя бы одну реплику, прежде чем делать с кластером что-либо ещё.',
  'Paused: no automatic failover': 'Пауза: автоматического failover нет',
  'Paused for {0}: no automatic failover': 'Пауза уже {0}: автоматического failover нет',
  'Paused {0} past its end: no automatic failover': 'Пауза дольше срока на {0}: автоматического failover нет',
  '{0}, {1} to go': '{0}, осталось {1}',
  'pause is true': 'pause: true',
  'Resume, or ask {0} whether the maintenance goes on.':
    'Снимите паузу или спросите {0}, продолжается ли обслуживание.',
  'Resume when the maintenance is over: `patronictl resume`.':
    'Снимите паузу, когда обслуживание закончится: `patronictl resume`.',
  'It is dropped if the cluster is paused then. `patronictl flush CLUSTER switchover` cancels it.':
    'Он отменится, если кластер в этот момент на паузе. Отменить: `patronictl flush CLUSTER switchover`.',
  'Switchover from {0} to {1} at {2}': 'Switchover с {0} на {1} в {2}',
  'Switchover from {0} at {1}': 'Switchover с {0} в {1}',
  'Switchover to {0} at {1}': 'Switchover на {0} в {1}',
  'Switchover at {0}': 'Switchover в {0}',

  // Members.
  'PostgreSQL on {0} refuses connections': 'PostgreSQL на {0} отклоняет соединения',
  'PostgreSQL on {0}: {1}': 'PostgreSQL на {0}: {1}',
  'Wait until it runs; look at its log if it stays so.':
    'Подождите, пока он запустится; если состояние не меняется, посмотрите его журнал.',
  'Look at the logs of PostgreSQL and Patroni on {0}.': 'Посмотрите журналы PostgreSQL и Patroni на {0}.',
  'The DCS still calls {0} {1}': 'В DCS для {0} всё ещё записано: {1}',
  'state {0}, lag {1}': 'состояние {0}, lag {1}',
  'Do not trust patronictl for {0}: its key goes when the lease ends, at most the ttl after its last loop.':
    'Не верьте patronictl насчёт {0}: его ключ исчезнет с концом аренды, не позже чем через ttl после его последнего цикла.',
  '{0} belongs to another cluster': '{0} относится к другому кластеру',
  'system identifier {0}': 'system identifier {0}',
  'Never promote {0}. Check its data directory and scope; then reinitialize it, or repair the initialize key if that is what changed.':
    'Ни в коем случае не повышайте {0}. Проверьте его каталог данных и scope; затем выполните reinitialize или исправьте ключ initialize, если изменился он.',
  'Patroni sets the flag and gives no reason': 'Patroni ставит флаг и не называет причины',
  'Pending restart on {0}: {1}': 'Ожидает перезапуска {0}: {1}',
  'Pending restart on {0}': 'Ожидает перезапуска {0}',
  'Restart the members when it suits, standbys first unless a hot-standby parameter was lowered.':
    'Перезапустите участников, когда удобно: сначала реплики, если только не уменьшен параметр hot standby.',
  'Restart of {0} scheduled at {1}': 'Перезапуск {0} назначен на {1}',
  'conditions {0}': 'условия {0}',
  'It is lost if its Patroni restarts, and not run while paused.':
    'Он пропадёт, если перезапустится Patroni, и не выполняется во время паузы.',
  "Every member's clock differs from Howdah's": 'Часы всех участников расходятся с часами Howdah',
  'The clock of {0} is {1}': 'Часы {0}: {1}',
  "Check the clock of Howdah's own host first.": 'Сначала проверьте часы на узле самого Howdah.',
  'Repair time synchronisation: scheduled actions and time lags cannot be trusted there.':
    'Почините синхронизацию времени: назначенным действиям и задержкам по времени там верить нельзя.',
  'Nothing new from {0} for {1}': 'Ничего нового уже {1}: {0}',
  'last read {0} ago': 'прочитан {0} назад',
  'Howdah is behind: look at its CPU and at /api/health. The members themselves may be well.':
    'Howdah не успевает: посмотрите его CPU и /api/health. Сами участники могут быть исправны.',
  '{0} ahead': 'спешит на {0}',
  '{0} behind': 'отставание {0}',
  'not asked: no SQL role': 'не спрошен: нет роли SQL',
  'no member key': 'ключа участника нет',
  'Ask a client whether writes work. If Patroni is dead there, the key expires after the ttl and a standby takes over.':
    'Проверьте на клиенте, работает ли запись. Если Patroni там мёртв, ключ истечёт через ttl и роль примет реплика.',
  'Check the host and network of {0}. Everything shown of it is old.':
    'Проверьте узел {0} и его сеть. Всё, что о нём показано, устарело.',
  'Patroni of {0} does not answer; PostgreSQL does': 'Patroni на {0} не отвечает, PostgreSQL отвечает',
  'Nobody manages PostgreSQL on {0} now. Look at Patroni there: frozen, dead, or its REST API full.':
    'PostgreSQL на {0} сейчас никто не управляет. Посмотрите Patroni там: завис, мёртв или его REST API переполнен.',
  '{0} does not answer: it holds the leader key': '{0} не отвечает, а ключ лидера у него',
  '{0} does not answer': '{0} не отвечает',
  '{0} does not answer for {1}: it holds the leader key': '{0} не отвечает уже {1}, а ключ лидера у него',
  '{0} does not answer for {1}': '{0} не отвечает уже {1}',
  'Members run {0} {1}': 'У участников разные версии {0}: {1}',
  'Finish the upgrade: use only what the oldest version knows until then.':
    'Завершите обновление: до этого пользуйтесь только тем, что умеет самая старая версия.',
  'Finish the minor upgrade; between major versions physical replication does not work.':
    'Завершите минорное обновление; между мажорными версиями физическая репликация не работает.',

  // Replication.
  '{0} is still on timeline {1} of {2}': '{0} всё ещё на timeline {1} из {2}',
  'where timeline {0} ended is not known': 'где закончился timeline {0}, неизвестно',
  'timeline {0} ended at {1}': 'timeline {0} закончился на {1}',
  '{0} has not forked, so it can still follow. See in its log why it does not ask for the new timeline.':
    '{0} не разошёлся и ещё может следовать за лидером. Посмотрите в его журнале, почему он не запрашивает новый timeline.',
  'Replay is paused on {0}': 'Replay на {0} приостановлен',
  'replay is paused': 'replay приостановлен',
  '{0}, {1} behind the leader': '{0}, отставание от лидера {1}',
  'If nobody needs it: `SELECT pg_wal_replay_resume()` on {0}.':
    'Если это никому не нужно: `SELECT pg_wal_replay_resume()` на {0}.',
  '{0} is {1} behind': '{0} отстаёт на {1}',
  '{0}, growing': '{0}, растёт',
  '{0}, shrinking': '{0}, уменьшается',
  'maximum_lag_on_failover {0}': 'maximum_lag_on_failover {0}',
  'The network or the disk of {0} is too slow, or a burst is being sent: Patroni does not elect it meanwhile.':
    'Сеть или диск {0} не успевают, либо идёт всплеск WAL: всё это время Patroni его не изберёт.',
  '{0} receives but replays slowly: look for long queries, conflicts or a slow disk there.':
    '{0} получает WAL, но медленно применяет: ищите там долгие запросы, конфликты или медленный диск.',
  'Lag of {0} is unknown': 'Задержка (lag) {0} неизвестна',
  'says no replay position': 'не сообщает позицию replay',
  'says no write position': 'не сообщает позицию записи',
  'at {0}': 'на {0}',
  'Give Howdah a SQL role with pg_monitor on every member: it reads positions where Patroni gives none.':
    'Дайте Howdah роль SQL с pg_monitor на каждом участнике: он прочитает позиции там, где Patroni их не сообщает.',
  'Slot {0} on {1} has lost its WAL': 'Слот {0} на {1} потерял свой WAL',
  'Slot {0} retains WAL on {1}': 'Слот {0} удерживает WAL на {1}',
  'Slot {0} retains {1} of WAL on {2}': 'Слот {0} удерживает {1} WAL на {2}',
  '{0}, activity unknown, wal_status {1}': '{0}, активность неизвестна, wal_status {1!}',
  '{0}, inactive, wal_status {1}': '{0}, не активен, wal_status {1!}',
  'no member': 'никого из участников',
  "Start its consumer, or drop it: `SELECT pg_drop_replication_slot('{0}')` on {1}.":
    "Запустите его потребителя или удалите слот: `SELECT pg_drop_replication_slot('{0}')` на {1}.",
  'Bring {0} back so that it reads its slot; if it is gone for good, remove it and Patroni drops the slot.':
    'Верните {0}, чтобы он читал свой слот; если его больше не будет, удалите участника, и Patroni удалит слот.',
  'Archiving fails on {0}': 'Архивирование на {0} не работает',
  '{0}, {1} failures': '{0!}, сбоев {1}',
  'Run archive_command by hand on {0} and see what it says. A shutdown waits for the archiver.':
    'Выполните archive_command вручную на {0} и посмотрите, что он ответит. Остановка ждёт архиватор.',
  '{0} has forked: ahead of the leader on timeline {1}': '{0} разошёлся: впереди лидера на timeline {1}',
  'not in the history of the leader': 'нет в истории лидера',
  '{0}, {1} is {2} past it': '{0}, {1} дальше неё на {2}',
  'Never promote {0}. Save its data directory if its own WAL matters, then reinitialize it.':
    'Ни в коем случае не повышайте {0}. Сохраните его каталог данных, если его собственный WAL важен, затем выполните reinitialize.',
  'Never promote {0}. Save its data directory if its own WAL matters, then reinitialize it from {1}.':
    'Ни в коем случае не повышайте {0}. Сохраните его каталог данных, если его собственный WAL важен, затем выполните reinitialize с {1}.',
  'Never promote {0}. Save its data directory if its {1} matter, then reinitialize it.':
    'Ни в коем случае не повышайте {0}. Сохраните его каталог данных, если эти {1} важны, затем выполните reinitialize.',
  'Never promote {0}. Save its data directory if its {1} matter, then reinitialize it from {2}.':
    'Ни в коем случае не повышайте {0}. Сохраните его каталог данных, если эти {1} важны, затем выполните reinitialize с {2}.',
  '{0}: wrong': '{0}: неверно',
  '{0}, lag {1}: wrong': '{0}, lag {1}: неверно',
  '{0}, lag {1}': '{0}, lag {1}',
  '{0} replays from the archive, not streaming': '{0} применяет WAL из архива, а не потоком',
  'Wait while it catches up; if it stays, look in the log of {0} why it cannot connect to its upstream.':
    'Подождите, пока он догонит; если не меняется, посмотрите в журнале {0}, почему он не может подключиться к источнику.',
  'the remote primary': 'удалённый primary',
  'the leader': 'лидер',
  '{0} does not stream from {1}': '{0} не получает WAL потоком, источник {1}',
  'no row for {0} in pg_stat_replication': 'в pg_stat_replication нет строки для {0}',
  'no row in pg_stat_wal_receiver': 'в pg_stat_wal_receiver нет строки',
  'its WAL receiver was not asked: no SQL': 'его WAL receiver не спрошен: нет SQL',
  'Look in the log of {0} for the refusal: pg_hba, password, missing slot or removed WAL.':
    'Найдите в журнале {0} причину отказа: pg_hba, пароль, нет слота или WAL уже удалён.',
  'No synchronous standby: every commit waits': 'Нет синхронной реплики: каждый commit ждёт',
  'synchronous_mode is on, but no standby is synchronous': 'synchronous_mode включён, но ни одна реплика не синхронна',
  'no sync_standby': 'sync_standby нет',
  'Bring a standby back: until then all writes hang. Turning synchronous_mode_strict off lets them go on, unprotected.':
    'Верните реплику: до этого вся запись стоит. Если выключить synchronous_mode_strict, она продолжится без защиты.',
  'Commits wait for whichever standby streams. Patroni names one in its next loops; if not, see why it takes none (nosync, lag).':
    'Commit ждёт любую реплику, получающую WAL. Patroni назначит её в ближайших циклах; если нет, выясните, почему он не берёт ни одной (nosync, lag).',
  'Commits do not wait now: a failover could lose the newest of them. Bring a standby back.':
    'Сейчас commit никого не ждёт: при failover самые свежие могут потеряться. Верните реплику.',
  'Commits wait: {0} in /sync does not stream': 'Commit ждёт: {0} из /sync не получает WAL',
  'Commits wait: {0} in /sync do not stream': 'Commit ждёт: {0} из /sync не получают WAL',
  'not streaming': 'нет репликации',
  'Patroni takes it out of /sync in its next loops. If it does not, look at the Patroni of the leader.':
    'Patroni уберёт его из /sync в ближайших циклах. Если нет, посмотрите Patroni на лидере.',
};
