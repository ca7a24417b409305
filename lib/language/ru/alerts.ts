// Russian for alerts, for the messages that receivers are sent, and for who may do what.
import type { Catalogue } from '../translate';

export const ALERTS: Catalogue = {
  // What a rule found.
  'replay is behind the leader by {0}, limit {1}': 'replay отстаёт от лидера на {0}, предел {1}',
  'received WAL is behind the leader by {0}, limit {1}': 'полученный WAL отстаёт от лидера на {0}, предел {1}',
  'replay is behind by {0}, limit {1}': 'replay отстаёт на {0}, предел {1}',
  'Paused for {0}, limit {1}': 'Пауза уже {0}, предел {1}',
  'a restart is pending for {0}, limit {1}': 'ожидает перезапуска уже {0}, предел {1}',
  'not seen for {0}, limit {1}': 'не наблюдается уже {0}, предел {1}',
  'Look at what holds this standby back: its disk, a long query that replay waits for, or the network.':
    'Посмотрите, что задерживает эту реплику: диск, долгий запрос, которого ждёт replay, или сеть.',
  'leader position minus replayed position, both read live':
    'позиция лидера минус применённая позиция, обе прочитаны сейчас',
  'leader position minus received position, both read live':
    'позиция лидера минус полученная позиция, обе прочитаны сейчас',
  'replay_lag of pg_stat_replication at its upstream': 'replay_lag из pg_stat_replication на его источнике',
  'config: pause is true, nothing fails over by itself': 'config: pause: true, сам по себе failover не произойдёт',
  'Restart the member in a quiet hour: until then its settings are not the ones that are configured.':
    'Перезапустите участника в спокойное время: до этого его настройки не те, что заданы.',
  '{0}: {1} now, {2} after the restart': '{0}: сейчас {1!}, после перезапуска {2!}',
  'See whether the host is up, then its Patroni and PostgreSQL, then the network between it and Howdah.':
    'Проверьте, работает ли узел, затем Patroni и PostgreSQL на нём, затем сеть между ним и Howdah.',
  'No automatic failover possible: {0}': 'Автоматический failover невозможен: {0}',
  'its source does not name the cluster any more': 'источник больше не называет этот кластер',

  // The message.
  'nothing to tell': 'сообщать нечего',
  '(and {0} more)': '(и ещё {0})',
  'And {0} more.': 'И ещё {0}.',
  'and {0} more': 'и ещё {0}',
  '{n} alerts': ['{n} оповещение', '{n} оповещения', '{n} оповещений'],
  '{n} facts': ['{n} факт', '{n} факта', '{n} фактов'],
  CRITICAL: 'КРИТИЧНО',
  Warning: 'Предупреждение',
  Note: 'Заметка',
  critical: 'критично',
  warning: 'предупреждение',
  note: 'заметка',
  Over: 'Закончилось',
  Test: 'Проверка',
  'Worse, {0}': 'Хуже, {0!}',
  'Still {0}': 'Всё ещё {0!}',
  'Acknowledged by {0}: {1}': 'Принял {0=}: {1=}',
  'Since {0}, for {1}.': 'С {0}, уже {1}.',
  'What to do: {0}': 'Что делать: {0}',
  '{0} to {1}, {2}': 'с {0} до {1}, {2}',

  'Open in Howdah': 'Открыть в Howdah',
  'Test: Howdah reaches {0}': 'Проверка: Howdah доходит до {0}',
  '{0} sent this to see whether it arrives. Nothing is wrong.':
    '{0} проверяет, доходит ли сообщение. Ничего не случилось.',
  'Receiver {0} has not worked for {1}': 'Получатель {0} не работает уже {1}',
  'Repair {0}, then send a test message. What waits for it is sent for a day.':
    'Почините {0}, затем отправьте проверочное сообщение. Ожидающее отправляется в течение суток.',
  'no answer': 'нет ответа',

  'The glass was broken: {0}': 'Аварийный доступ использован: {0}',
  'Ask {0} whether it was they; change the password of the break-glass account where it was used.':
    'Спросите {0}, было ли это его действием; если использовался аварийный вход, смените его пароль.',

  // What the desk answers, and why somebody was not told.
  'alerts cannot be read: {0}': 'оповещения не читаются: {0}',
  'the store is away': 'хранилище недоступно',
  'there is no such alert': 'такого оповещения нет',
  'it is pending: nobody was told of it yet': 'оно ещё ожидает: о нём пока никому не сообщали',
  'it is over': 'оно уже закончилось',
  'the alert is not in the store yet; try again in a moment':
    'оповещения ещё нет в хранилище; повторите через мгновение',
  'expected an end that is later than the start and than now':
    'конец должен быть позже начала и позже текущего времени',
  'expected an end within a year': 'конец должен быть в пределах года',
  'there is no such silence': 'такого заглушения нет',
  'it has ended already': 'оно уже закончилось раньше',
  'there is no such receiver': 'такого получателя нет',
  'no phone has subscribed to it yet': 'на него ещё не подписан ни один телефон',
  '{n} phones': ['{n} телефон', '{n} телефона', '{n} телефонов'],
  '{n} recipients': ['{n} адресат', '{n} адресата', '{n} адресатов'],
  '{0} of {1} failed': 'не доставлено {0} из {1}',
  'phones are told of all clusters: a role of all clusters is needed':
    'телефонам сообщают обо всех кластерах: нужна роль на все кластеры',
  'no web push receiver is configured': 'получатель web push не настроен',
  'expected the https address of a known push service; others are named by `services`':
    'нужен https-адрес известной службы push; другие задаются в `services`',
  '{0} phones have subscribed; remove one first': 'подписано телефонов: {0}; сначала удалите один',
  'there is no such phone': 'такого телефона нет',
  'alerts could not be saved; only what is critical is told':
    'оповещения не удалось сохранить; сообщается только о критичном',
  'the store is opening; only what is critical is told': 'хранилище открывается; сообщается только о критичном',
  'the store is away: {0}; only what is critical is told': 'хранилище недоступно: {0!}; сообщается только о критичном',
  'these are recordings: nobody is told': 'это записи: никому не сообщается',
  'no receiver is configured: nobody is told': 'получатели не настроены: никому не сообщается',
  'it is not configured any more': 'он больше не настроен',
  'nothing to say': 'передавать нечего',
  'no address': 'нет адреса',
  'its keys cannot be read': 'его ключи не читаются',
  'no recipient any more': 'адресата больше нет',
  'refused for {0}': 'отклонено для {0}',
  'not the answer of a bot API': 'это не ответ bot API',
  '{0} holds no key pair for web push': 'в {0} нет пары ключей для web push',
  'the phone was removed': 'телефон удалён',
  'not a known push service': 'неизвестная служба push',
  'the subscription cannot be used': 'подписка непригодна',

  // Who may do what.
  'Your role {0} may not {1}; {2} may.': 'Роль {0} не позволяет {1!}; позволяет {2}.',
  'Your role {0} may not {1} on {2}; {3} may.': 'Роль {0} не позволяет {1!} на {2}; позволяет {3}.',
  'You may not {0}: your role does not count for all clusters.':
    'Вам нельзя {0!}: ваша роль действует не на все кластеры.',
  'You may not {0}: you have no role.': 'Вам нельзя {0!}: у вас нет роли.',
  'You may not {0}: you have no role on {1}.': 'Вам нельзя {0!}: у вас нет роли на {1}.',
  'May: {0}.': 'Могут: {0}.',
  'see this cluster': 'видеть этот кластер',
  'write notes': 'писать заметки',
  'acknowledge alerts': 'принимать оповещения',
  'silence alerts': 'заглушать оповещения',
  'switch over': 'выполнять switchover',
  'cancel a scheduled switchover': 'отменять назначенный switchover',
  'fail over': 'выполнять failover',
  pause: 'ставить на паузу',
  resume: 'снимать паузу',
  'edit the dynamic configuration': 'менять динамическую конфигурацию',
  'restart members': 'перезапускать участников',
  'cancel a scheduled restart': 'отменять назначенный перезапуск',
  'reload members': 'выполнять reload участников',
  'reinitialize a member': 'выполнять reinitialize участника',
  'demote the cluster': 'понижать кластер',
  'promote the cluster': 'повышать кластер',
  'approve requests': 'подтверждать запросы',
  'act without the second person': 'действовать без второго человека',
  'test receivers': 'проверять получателей',
  'read the metrics': 'читать метрики',
  'see who has access': 'видеть, у кого есть доступ',
  'manage users': 'управлять пользователями',
  'manage tokens of others': 'управлять чужими токенами',
  'manage walls': 'управлять табло',
  'all clusters': 'все кластеры',
  '{0} of {1}': '{0} из {1}',
};
