// Russian for actions: the request and its title, the summary, what is at risk, the way, the order, the outcome of the whole.
import type { Catalogue } from '../translate';

export const ACTIONS: Catalogue = {
  // next-stage.ts
  'who leads is not known': 'неизвестно, кто лидер',
  '{0} leads now, not nobody': 'теперь лидер {0}, а лидера не было',
  '{0} leads now, not {1}': 'теперь лидер {0}, а не {1}',
  'the DCS cannot be read': 'DCS не читается',
  'it was paused meanwhile': 'за это время кластер поставлен на паузу',
  'its pause ended meanwhile': 'за это время пауза закончилась',
  '/failover holds a request of somebody else': 'в /failover стоит чужой запрос',
  'a switchover was scheduled meanwhile': 'за это время запланирован switchover',
  '{0} does not stream': '{0} не получает WAL (нет streaming)',
  '{0} do not stream': '{0} не получают WAL (нет streaming)',
  '{0} left the cluster': 'больше не в кластере: {0}',
  // bound.ts
  'the cluster was {0}, now it is {1}': 'кластер был {0}, теперь {1}',
  '{0} is another cluster of that name now': 'под именем {0} теперь другой кластер',
  'the leader was nobody, now it is nobody': 'лидера не было, и теперь его нет',
  'the leader was nobody, now it is {0}': 'лидера не было, теперь лидер {0}',
  'the leader was {0}, now it is nobody': 'лидером был {0}, теперь лидера нет',
  'the leader was {0}, now it is {1}': 'лидером был {0}, теперь {1}',
  'the timeline was unknown, now it is unknown': 'timeline была неизвестна и остаётся неизвестной',
  'the timeline was unknown, now it is {0}': 'timeline была неизвестна, теперь {0}',
  'the timeline was {0}, now it is unknown': 'timeline была {0}, теперь неизвестна',
  'the timeline was {0}, now it is {1}': 'timeline была {0}, теперь {1}',
  'the configuration': 'конфигурация',
  'the configuration changed': 'конфигурация изменилась',
  '{0} joined the cluster': 'новые в кластере: {0}',
  'not readable in the DCS': 'в DCS не читается',
  absent: 'нет',
  'at revision {0}': 'ревизия {0}',
  '{0} was {1}, now it is {2}': '{0}: было «{1!}», стало «{2!}»',
  // history-end.ts
  'Nothing came of it: {0} leads on timeline {1} as before.':
    'Ничего не произошло: лидер по-прежнему {0}, timeline {1}.',
  'Howdah was stopped meanwhile, and the history does not show what came of it.':
    'Howdah в это время не работал, и по истории не видно, чем всё закончилось.',
  'Howdah was stopped meanwhile; timeline {0} began at another time than this would have.':
    'Howdah в это время не работал; timeline {0} началась не тогда, когда началась бы от этого действия.',
  '{0} led on timeline {1}, by the history.': 'По истории лидером на timeline {1} стал {0}.',
  '{0} led on timeline {1}, by the history. Since then the cluster has gone on to timeline {2}.':
    'По истории лидером на timeline {1} стал {0}. С тех пор кластер перешёл на timeline {2}.',
  '{0} led, {1} was asked for': '{0} стал лидером, а просили {1}',
  // preflight.ts
  nobody: 'никто',
  'a standby that Patroni chooses': 'реплика, которую выберет Patroni',
  'Every client of {0} is disconnected.': 'Соединения всех клиентов с {0} обрываются.',
  'Every client of nobody is disconnected.': 'Лидера нет, отключать некого.',
  '{n} clients': ['{n} клиент', '{n} клиента', '{n} клиентов'],
  '{0} of {1} is disconnected.': 'Обрываются соединения с {1}: {0}.',
  '{0} of {1} are disconnected.': 'Обрываются соединения с {1}: {0}.',
  '{0} gives the leader key to {1}. {2}': 'Ключ лидера переходит: {0!} → {1}. {2}',
  '{0} gives the leader key to {1}. Timeline {2} becomes {3}. {4}':
    'Ключ лидера переходит: {0!} → {1}. Timeline {2} сменится на {3}. {4}',
  'At {0} {1} gives the leader key to {2}. Every client of it is then disconnected.':
    '{0} {1} отдаст ключ лидера, его возьмёт {2}. Соединения всех клиентов прежнего лидера тогда оборвутся.',
  'At {0} nobody gives the leader key to {1}. Every client of it is then disconnected.':
    '{0}: ключ лидера отдать некому, его взял бы {1}. Соединения всех клиентов прежнего лидера тогда оборвутся.',
  'The scheduled switchover of {0} is taken back. Nothing else changes.':
    'Запланированный switchover кластера {0} отменяется. Больше ничего не меняется.',
  '{0} promotes with what it has.': 'Новый primary: {0}, с тем WAL, который у него есть.',
  '{0} promotes with what it has. Timeline {1} becomes {2}.':
    'Новый primary: {0}, с тем WAL, который у него есть. Timeline {1} сменится на {2}.',
  '{0} takes the leader key from {1}. {2}': 'Ключ лидера переходит: {1!} → {0}. {2}',
  '{0} takes the leader key from {1}. Timeline {2} becomes {3}. {4}':
    'Ключ лидера переходит: {1!} → {0}. Timeline {2} сменится на {3}. {4}',
  'Patroni goes on watching {0} and changes nothing by itself.':
    'Patroni продолжает следить за кластером {0}, но сам ничего не меняет.',
  'Patroni goes on watching {0} and changes nothing by itself for {1}.':
    'Patroni продолжает следить за кластером {0}, но сам ничего не меняет. Срок: {1}.',
  'Patroni acts by itself on {0} again.': 'Patroni снова сам управляет кластером {0}.',
  'The dynamic configuration of {0} is replaced by the new revision.':
    'Динамическая конфигурация кластера {0} заменяется новой ревизией.',
  'PostgreSQL of {0} is stopped and started.': 'Остановка и запуск PostgreSQL: {0!}.',
  'At {0} PostgreSQL of {1} is stopped and started.': '{0}: остановка и запуск PostgreSQL ({1!}).',
  'No member is restarted.': 'Ни один участник не перезапускается.',
  '{0} is restarted one by one': '{0}: перезапуск',
  '{0} are restarted one by one': '{0}: перезапуск по очереди',
  '{0} is restarted where it is.': '{0} перезапускается, оставаясь лидером.',
  '{0} is restarted where it is, then {1}.': '{0} перезапускается, оставаясь лидером, затем {1}.',
  '{0} hands over and is restarted as a replica.': '{0} передаёт роль лидера и перезапускается уже репликой.',
  '{0}, then {1} hands over and is restarted as a replica.':
    '{0}, затем {1} передаёт роль лидера и перезапускается уже репликой.',
  'The scheduled restart of {0} is taken back. Nothing else changes.':
    'Запланированный перезапуск {0} отменяется. Больше ничего не меняется.',
  'Patroni of {0} reads its local files again.': 'Patroni перечитывает локальные файлы: {0}.',
  'The data directory of {0} is removed and copied anew from {1}.':
    'Каталог данных {0} удаляется и копируется заново с {1}.',
  'The data directory of {0} is removed and copied anew.': 'Каталог данных {0} удаляется и копируется заново.',
  '{0} stops accepting writes; {1} follows {2} from then on.':
    'Запись прекращается ({0!}); дальше источник для кластера {1}: {2}.',
  '{0} promotes; {1} follows nobody any more and accepts writes.':
    '{0} становится primary; у кластера {1} больше нет источника, он принимает запись.',
  'The standby leader': 'Standby leader',
  '{0} promotes; {1} follows nobody any more and accepts writes. Timeline {2} becomes {3}.':
    '{0} становится primary; у кластера {1} больше нет источника, он принимает запись. Timeline {2} сменится на {3}.',
  '0 B, 0 s: {0} stops only after the new leader has received everything':
    '0 Б, 0 с: {0} останавливается только после того, как новый лидер получит весь WAL',
  'nobody can take over': 'принять роль лидера некому',
  '{0} is refused': 'кандидат {0} отклонён',
  '{0} is not known to follow': 'неизвестно, получает ли WAL {0}',
  '0 B, 0 s: {0} confirms every commit before the client sees it':
    '0 Б, 0 с: {0} подтверждает каждый коммит до ответа клиенту',
  '0 B, 0 s: {0} stops only after {1} has received everything':
    '0 Б, 0 с: {0} останавливается только после того, как {1} получит весь WAL',
  '0 B, 0 s: {0} stops only after {1} has received everything; it is {2} behind now':
    '0 Б, 0 с: {0} останавливается только после того, как {1} получит весь WAL; сейчас отставание {2}',
  'nobody cannot take over': 'принять роль лидера некому',
  '{0} cannot take over': '{0} не может принять роль лидера',
  'the position of {0}, or of everybody else, is not known': 'неизвестна позиция {0} или всех остальных',
  '{0}, {1}: nobody is known to be ahead of {2}': '{0}, {1}: впереди {2}, насколько известно, никого нет',
  '{0}, {1}: {2} against {3}': '{0}, {1}: {2} по сравнению с {3}',
  'seconds not known': 'в секундах неизвестно',
  'about {0}': 'около {0}',
  '{0}; what the old leader wrote unseen comes on top':
    '{0}; сверх этого то, что прежний лидер записал незаметно для Howdah',
  '0 B, 0 s: every member is stopped in an orderly way': '0 Б, 0 с: каждый участник останавливается штатно',
  '0 B, 0 s: {0} is stopped in an orderly way, after a checkpoint':
    '0 Б, 0 с: {0} останавливается штатно, после checkpoint',
  '0 B, 0 s: {0} is stopped in an orderly way': '0 Б, 0 с: {0} останавливается штатно',
  'how much WAL of {0} no other member has': 'сколько WAL есть только на {0}',
  '{0}, seconds not known: WAL of {1} past the fork, which no other member has':
    '{0}, в секундах неизвестно: WAL на {1} после точки расхождения, которого нет у других участников',
  'Bytes and seconds not known: {0}': 'Объём и время неизвестны: {0}',
  // request.ts
  'A failover needs a candidate.': 'Для failover нужен кандидат.',
  'The configuration must be an object of keys.': 'Конфигурация должна быть объектом с ключами.',
  'The timeout must be a positive number of seconds.': 'Тайм-аут должен быть положительным числом секунд.',
  'The time must be a full instant with its offset, such as 2026-11-21T03:00:00+01:00.':
    'Время указывается полностью и со смещением, например 2026-11-21T03:00:00+01:00.',
  'The time is in the past.': 'Это время уже прошло.',
  'The time is more than a year ahead.': 'До этого времени больше года.',
  'Name at least one member.': 'Назовите хотя бы одного участника.',
  '{0} is named twice.': 'Названы дважды: {0}.',
  'A member needs a name.': 'У участника должно быть имя.',
  '{0} is no member of {1}.': '{0}: нет такого участника в кластере {1}.',
  '{0} are no members of {1}.': '{0}: нет таких участников в кластере {1}.',
  'The end of the pause must be in the future.': 'Конец паузы должен быть в будущем.',
  'The end of the pause is more than a year ahead.': 'До конца паузы больше года.',
  'To resume by itself, the pause needs an end.': 'Чтобы снять паузу автоматически, нужен её конец.',
  'A standby cluster needs a host, a port or a restore_command to follow.':
    'Standby-кластеру нужен источник: host, port или restore_command.',
  'The port must be a whole number from 1 to 65535.': 'Порт: целое число от 1 до 65535.',
  'to a standby that Patroni chooses': 'на реплику, которую выберет Patroni',
  'Switchover of {0}: {1}': 'Switchover кластера {0}: {1}',
  'Scheduled switchover of {0}: {1} at {2}': 'Запланированный switchover кластера {0}: {1}, {2}',
  'Cancel of the scheduled switchover of {0}': 'Отмена запланированного switchover кластера {0}',
  'Failover of {0} to {1}': 'Failover кластера {0} → {1}',
  'Pause of {0}': 'Пауза кластера {0}',
  'Resume of {0}': 'Снятие паузы с кластера {0}',
  'Configuration of {0}': 'Конфигурация кластера {0}',
  '{0}, where pending': '{0}, где есть pending restart',
  'Restart of {0}': 'Перезапуск: {0}',
  'Scheduled restart of {0} at {1}': 'Запланированный перезапуск: {0}, {1}',
  'Rolling restart of {0}, where pending': 'Поочерёдный перезапуск кластера {0}, где есть pending restart',
  'Rolling restart of {0}': 'Поочерёдный перезапуск кластера {0}',
  'Cancel of the scheduled restart of {0}': 'Отмена запланированного перезапуска {0}',
  'Reload of {0}': 'Reload: {0}',
  'Reinitialize of {0}': 'Переинициализация {0}',
  'Demote of {0} to a standby cluster': 'Превращение кластера {0} в standby-кластер',
  'Promote of the standby cluster {0}': 'Повышение standby-кластера {0}',
  'Schedule switchover': 'Запланировать switchover',
  'Schedule switchover to {0}': 'Запланировать switchover на {0}',
  'Switch over': 'Выполнить switchover',
  'Switch over to {0}': 'Switchover на {0}',
  'Cancel switchover': 'Отменить switchover',
  'Fail over to {0}': 'Failover на {0}',
  Pause: 'Пауза',
  Resume: 'Снять паузу',
  'Save revision': 'Сохранить ревизию',
  'Restart {0}': 'Перезапустить: {0}',
  '{n} members': ['{n} участник', '{n} участника', '{n} участников'],
  'Schedule restart of {0}': 'Запланировать перезапуск: {0}',
  'Restart one by one': 'Перезапустить по очереди',
  'Cancel restart of {0}': 'Отменить перезапуск {0}',
  'Reload {0}': 'Reload: {0}',
  'Reinitialize {0}': 'Переинициализировать {0}',
  'Demote cluster': 'Сделать standby-кластером',
  'Promote cluster': 'Повысить кластер',
  // rolling.ts
  'Lowered {0}: the primary first, or the standbys keep the old value':
    'Снижены {0}: сначала primary, иначе реплики сохранят прежнее значение',
  'Only replicas are restarted': 'Перезапускаются только реплики',
  'Replicas first, then a switchover, then the old leader': 'Сначала реплики, затем switchover, затем прежний лидер',
  // dcs-or-rest.ts
  'Patroni takes this only over REST': 'Patroni принимает это только через REST',
  'etcd has no quorum: nothing can be written': 'в etcd нет кворума: записать ничего нельзя',
  'one etcd transaction that compares what you saw': 'одна транзакция etcd, которая сверяет то, что вы видели',
  'etcd cannot be read by Howdah: {0}': 'Howdah не может прочитать etcd: {0}',
  'no DCS is configured and no Patroni answers that could take it':
    'DCS не настроена, и не отвечает ни один Patroni, который мог бы это принять',
  'etcd cannot be read by Howdah and no Patroni answers that could take it':
    'Howdah не может прочитать etcd, и не отвечает ни один Patroni, который мог бы это принять',
  'no DCS is configured for this cluster: by the REST API of {0}, which compares nothing':
    'для кластера не настроена DCS: через REST API на {0}, без сверки',
  'etcd cannot be read by Howdah: by the REST API of {0}, which compares nothing':
    'Howdah не может прочитать etcd: через REST API на {0}, без сверки',
  'it has no quorum': 'в ней нет кворума',
  'failsafe_mode is at work: Patroni has lost the DCS too': 'действует failsafe_mode: Patroni тоже потерял DCS',
  'while paused nothing shows whether Patroni reaches it': 'на паузе не видно, доступна ли она для Patroni',
  'nobody is primary, as when Patroni has lost it too': 'primary нет: так бывает, когда и Patroni её потерял',
  'Patroni may have lost it too, which shows within the ttl of {0}':
    'возможно, и Patroni её потерял; это станет видно за ttl ({0})',
  // staged-end.ts
  'the switchover': 'switchover',
  'nothing was done': 'ничего не сделано',
  '{0}; {1} had no pending restart.': '{0}; без pending restart: {1}.',
  'not begun: {0}': 'не начато: {0}',
  'Stopped: {0}.': 'Остановлено: {0}.',
  '{0} reloaded': '{0}: reload выполнен',
  '{0} scheduled': '{0}: запланировано',
  '{0} restarted': '{0}: перезапуск выполнен',
  '{0} has no pending restart.': '{0}: нет pending restart.',
};
