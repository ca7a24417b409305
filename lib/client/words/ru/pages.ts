import type { Catalogue } from '../../../language/translate';

/** Titles of pages, for the server. */
export const PAGES: Catalogue = {
  Fleet: 'Кластеры',
  Events: 'События',
  Alerts: 'Оповещения',
  Audit: 'Аудит',
  Access: 'Доступ',
  Account: 'Учётная запись',
  'Set-up': 'Настройка',
  'Sign in': 'Войти',
  'PostgreSQL clusters run by Patroni': 'Кластеры PostgreSQL под управлением Patroni',
  '{scope}, audit': '{scope}, аудит',
  '{scope}, configuration': '{scope}, конфигурация',
  '{scope}, events': '{scope}, события',
  '{scope}, incident': '{scope}, инцидент',
  '{scope}, now': '{scope}, сейчас',
  '{scope}, action': '{scope}, действие',
};
