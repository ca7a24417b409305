import type { Catalogue } from '../../../language/translate';

export const AUDIT: Catalogue = {
  'Every action': 'Все действия',
  'Every outcome': 'Любой исход',
  'Find in the audit': 'Найти в аудите',
  'Who, why, member, id': 'Кто, почему, участник, id',
  'The audit could not be read.': 'Не удалось прочитать аудит.',
  'What was done': 'Что сделано',
  '{some} of {n} actions loaded': [
    '{some} из {n} загруженного действия',
    '{some} из {n} загруженных действий',
    '{some} из {n} загруженных действий',
  ],
  '{n} actions': ['{n} действие', '{n} действия', '{n} действий'],
  'Nothing has been done from this Howdah yet.': 'Из этого Howdah пока ничего не делали.',
  'None of the {n} loaded actions matches.': [
    'Ни одно из {n} загруженного действия не подходит.',
    'Ни одно из {n} загруженных действий не подходит.',
    'Ни одно из {n} загруженных действий не подходит.',
  ],
  '{n} entries': ['{n} запись', '{n} записи', '{n} записей'],
  'Journal: {entries}, each chained to the one before it.': 'Журнал: {entries}, каждая сцеплена с предыдущей.',
  'Journal: {entries}, head {head}, each chained to the one before it.':
    'Журнал: {entries}, голова {head}, каждая сцеплена с предыдущей.',
  'From the journal only: the store is away. Actions go on; older ones are shown when it is back.':
    'Только из журнала: хранилище недоступно. Действия выполняются; более старые появятся, когда оно вернётся.',
  Time: 'Время',
  Who: 'Кто',
  'outage {time}': 'простой {time}',
};
