import type { Catalogue } from '../../../language/translate';

export const FLEET: Catalogue = {
  // the filter and the toolbar
  'Remove {label}': 'Убрать {label}',
  'Filter by scope, label, member, finding': 'Фильтр: scope, метка, участник, находка',
  'Sort "{sort}" is not known, worst first is used.': 'Порядок «{sort}» неизвестен, показаны сначала худшие.',
  'Severity "{severity}" is not known, all are shown.': 'Важность «{severity}» неизвестна, показаны все.',
  'The filter is longer than {limit} characters, the rest is ignored.':
    'Фильтр длиннее {limit} символов, остаток не учитывается.',
  '"{part}" is not understood and ignored; lag>1MiB would be.':
    '«{part}» непонятно и не учитывается; понятно, например, lag>1MiB.',
  'Worst first': 'Сначала худшие',
  'By name': 'По имени',
  'By lag': 'По отставанию',
  'Oldest first': 'Сначала давние',
  All: 'Все',
  Sort: 'Порядок',
  'Copy as CSV': 'Скопировать CSV',

  // the table
  Scope: 'Scope',
  Finding: 'Находка',
  Marks: 'Отметки',
  'Healthy, {n} clusters': ['Исправен {n} кластер', 'Исправны {n} кластера', 'Исправны {n} кластеров'],
  'was none': 'не было',
  '{name}, {age} ago': '{name}, {age} назад',
  'Members that wait for a restart': 'Участники, ждущие перезапуска',
  '{n} pending': 'pending: {n}',
  'no replica': 'нет реплик',
  'was healthy': 'был исправен',
  '{n} findings': ['{n} находка', '{n} находки', '{n} находок'],
  'replay lag': 'replay lag',
  'Member glyphs': 'Знаки участников',

  // the page
  '{n} clusters': ['{n} кластер', '{n} кластера', '{n} кластеров'],
  '{n} members read each {interval}, round took {took}': [
    '{n} участник, опрос раз в {interval}, обход занял {took}',
    '{n} участника, опрос раз в {interval}, обход занял {took}',
    '{n} участников, опрос раз в {interval}, обход занял {took}',
  ],
  'No cluster yet': 'Пока нет кластеров',
  'Point Howdah at one Patroni node or at etcd. It finds the rest and changes nothing.':
    'Укажите Howdah один узел Patroni или etcd. Остальное он найдёт сам и ничего не изменит.',
  'a real cluster on this machine': 'настоящий кластер на этой машине',
  'Waiting. This page fills by itself.': 'Ожидание. Страница заполнится сама.',
  'No cluster found yet': 'Кластеры пока не найдены',
  'The sources are configured, none has named a cluster so far. This page fills by itself.':
    'Источники настроены, но ни один пока не назвал кластер. Страница заполнится сама.',
  'No cluster matches {filter}': 'Под фильтр {filter} не подходит ни один кластер',
  '{n} clusters are hidden by it': ['Скрыт {n} кластер', 'Скрыто {n} кластера', 'Скрыто {n} кластеров'],
};
