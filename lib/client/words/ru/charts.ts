import type { Catalogue } from '../../../language/translate';

export const CHARTS: Catalogue = {
  // the toolbar
  'Replay lag': 'Replay lag',
  'Receive lag': 'Receive lag',
  'WAL rate': 'Поток WAL',
  'What is drawn': 'Что показано',
  Live: 'Сейчас',
  'Live again': 'К текущему',
  Range: 'Период',
  Chosen: 'Выбранный',
  Earlier: 'Раньше',
  Later: 'Позже',
  Closer: 'Ближе',
  'Further away': 'Дальше',

  // the plot
  'no moment chosen': 'момент не выбран',
  'nothing known': 'ничего не известно',
  '{name}, moment': '{name}, момент',
  '{span} earlier': 'на {span} раньше',
  '{span} later': 'на {span} позже',
  '{start} to {end}': '{start} – {end}',
  leads: 'лидер',

  // marks
  'Changes in this window': 'Изменения за этот период',
  '{text}, {n} more': '{text}, ещё {n}',
  '{when} {text}: go to this moment': '{when} {text}: перейти к этому моменту',
  '{when} {text}: list {n} changes': [
    '{when} {text}: показать {n} изменение',
    '{when} {text}: показать {n} изменения',
    '{when} {text}: показать {n} изменений',
  ],
  '{n} more: look closer, or see Events.': 'Ещё {n}: приблизьте или откройте «События».',

  // the panel around it
  'half-minute values': 'значения за полминуты',
  'ten-minute values': 'значения за 10 минут',
  "from this process's memory": 'из памяти этого процесса',
  'No replica whose lag could be drawn.': 'Нет реплик, чьё отставание можно показать.',
  'The first points come within a few seconds.': 'Первые точки появятся через несколько секунд.',
  'Reading what was kept of this window.': 'Читаем, что сохранено за этот период.',
  'The drawing could not be loaded; it is tried again.': 'График не загрузился; попытка повторяется.',
  '{members} not drawn: other timeline, lag has no meaning':
    'без {members}: другая timeline, отставание не имеет смысла',
  'limit {size}': 'предел {size}',
  'Drag to look closer, shift and drag to move. Arrow keys read values.':
    'Выделите мышью, чтобы приблизить; с Shift — сдвинуть. Стрелки показывают значения.',
  'Drag along the time to look closer, tap to read values.':
    'Проведите по времени, чтобы приблизить; коснитесь, чтобы увидеть значения.',
  'See this moment': 'Показать этот момент',
  'Kept since {time}: there is nothing from before.': 'Хранится с {time}: более раннего нет.',
  'Nothing is kept of this cluster.': 'Об этом кластере ничего не сохранено.',
  'Only the newest {n} changes are marked.': [
    'Отмечено только последнее {n} изменение.',
    'Отмечены только последние {n} изменения.',
    'Отмечены только последние {n} изменений.',
  ],
  'The history could not be read.': 'Историю не удалось прочитать.',
  '{n} changes in this window': [
    '{n} изменение за этот период',
    '{n} изменения за этот период',
    '{n} изменений за этот период',
  ],
  '{name} from {from} to {to}': '{name} с {from} по {to}',
  '{name} from {from} to {to}, with {n} spans in which nobody watched': [
    '{name} с {from} по {to}, {n} промежуток без наблюдения',
    '{name} с {from} по {to}, {n} промежутка без наблюдения',
    '{name} с {from} по {to}, {n} промежутков без наблюдения',
  ],
  Line: 'Линия',
  'At the end': 'В конце',
  Worst: 'Худшее',
  '{value} at {time}': '{value} в {time}',
};
