// Russian for the dynamic configuration: the checker, the effects of a save, how members take it up, the keys of Patroni.
import type { Catalogue } from '../translate';

export const CONFIG: Catalogue = {
  // check-parameters.ts
  '{0} has no value: leave it out for the default': '{0} без значения: чтобы взять значение по умолчанию, уберите его',
  '{0} takes a single value': '{0} принимает одно значение',
  '{0}: ignored': '{0}: не действует',
  'Owned by Patroni while synchronous_mode is on: ignored':
    'При включённом synchronous_mode им управляет Patroni: не действует',
  'Ignored before Patroni 3.3.2: {0}': 'Не действует до Patroni 3.3.2: {0}',
  'Patroni drops recovery targets: its replicas follow the leader':
    'Patroni отбрасывает recovery_target: его реплики следуют за лидером',
  'Dropped here: {0} belongs under postgresql.recovery_conf':
    'Здесь отбрасывается: место {0} в postgresql.recovery_conf',
  'it would silently become the default {0}': 'молча станет значением по умолчанию {0}',
  'Patroni takes {0}: {1}': 'Patroni принимает {0}: {1}',
  '{0} takes on or off: {1}': '{0} принимает on или off: {1}',
  'Patroni before 4.0 keeps it on: {0}': 'Patroni до 4.0 держит его включённым: {0}',
  '{0} takes a whole number: {1}': '{0} принимает целое число: {1}',
  '{0} takes a whole number: {1} would refuse this and all later changes':
    '{0} принимает целое число: {1} отклонит это и все следующие изменения',
  'Below the floor of Patroni, {0}: {1}': 'Ниже минимума Patroni, {0}: {1}',
  'PostgreSQL {0} does not know {1}: Patroni drops it silently':
    'PostgreSQL {0} не знает {1}: Patroni молча его отбрасывает',
  '{0}. Did you mean {1}?': '{0}. Может быть, {1}?',
  'No effect on {0}: that version does not know it': 'Не действует на {0}: эта версия его не знает',
  'Patroni would drop it': 'Patroni его отбросит',
  'Patroni would raise it to that': 'Patroni поднимет его до этого',
  'Patroni would lower it to that': 'Patroni снизит его до этого',
  '{0} on PostgreSQL {1}. {2}': '{0} в PostgreSQL {1}. {2}',
  '{0} only shows something: it cannot be set': '{0} только показывает значение: задать его нельзя',
  'The same parameter as {0}: only one of them counts': 'Тот же параметр, что {0}: действует только один из них',
  'A library that is missing on a member shows only when it restarts and does not start again: restart one replica first':
    'Отсутствие библиотеки на участнике обнаружится только при перезапуске, когда он не запустится: сначала перезапустите одну реплику',
  '{0} standbys and a base backup need {1}': 'Для {0} реплик и base backup нужно {1}',
  'Replicas would stop at {0} and not follow the leader': 'Реплики остановились бы на {0} и не следовали за лидером',
  '{0} is no recovery setting: Patroni drops it': '{0} — не параметр восстановления: Patroni его отбросит',
  '{0} is no recovery setting: Patroni drops it. Did you mean {1}?':
    '{0} — не параметр восстановления: Patroni его отбросит. Может быть, {1}?',
  // check-patroni.ts
  'every member would refuse this and all later changes of the configuration':
    'каждый участник отклонит это и все следующие изменения конфигурации',
  'Patroni would use {0} instead': 'Patroni возьмёт вместо этого {0}',
  'its default': 'своё значение по умолчанию',
  '{0} takes a whole number of seconds: {1}': '{0} принимает целое число секунд: {1}',
  '{0} takes a whole number of bytes: {1}': '{0} принимает целое число байт: {1}',
  'Below the floor of Patroni, {0}: since 3.2 it would silently become {1}':
    'Ниже минимума Patroni, {0}: начиная с 3.2 молча станет {1}',
  '{0} is at least {1}': '{0} не меньше {1}',
  '{0} takes {1}': '{0} принимает {1}',
  'true or false': 'true или false',
  'an object': 'объект',
  'a list': 'список',
  'a text': 'текст',
  'a single value': 'одно значение',
  'Ignored before Patroni {0}: {1}': 'Не действует до Patroni {0}: {1}',
  'lower loop_wait to {0} s': 'снизит loop_wait до {0} с',
  'lower loop_wait to 1 s and retry_timeout to {0} s': 'снизит loop_wait до 1 с и retry_timeout до {0} с',
  'Patroni would {0}': 'Patroni {0}',
  '{0} would let the leader key run out while still retrying; from 3.2 on Patroni would {1}':
    '{0}: ключ лидера истечёт, пока идут повторы; начиная с 3.2 Patroni {1}',
  'Set ttl {0}': 'Задать ttl {0}',
  'loop_wait + 2 × retry_timeout = {0} s is more than ttl {1} s. {2}':
    'loop_wait + 2 × retry_timeout = {0} с больше, чем ttl {1} с. {2}',
  'synchronous_mode takes true, false or quorum: {0} is read as off':
    'synchronous_mode принимает true, false или quorum: {0} читается как выключено',
  'Patroni before 4.0 reads quorum as off: {0}': 'Patroni до 4.0 читает quorum как выключено: {0}',
  'No effect while synchronous_mode is off': 'Не действует, пока synchronous_mode выключен',
  'No standby that could be synchronous streams now: every write would wait at once':
    'Сейчас WAL не получает ни одна реплика, которая могла бы быть синхронной: сразу ждала бы каждая запись',
  'Only {0} can be synchronous: while it is away every write waits':
    'Синхронной может быть только {0}: без неё каждая запись ждёт',
  'Asks for {0} sync standbys, there is {1}: Patroni takes what it finds':
    'Запрошено синхронных реплик: {0}, есть: {1}; Patroni возьмёт что найдёт',
  'Asks for {0} sync standbys, there are {1}: Patroni takes what it finds':
    'Запрошено синхронных реплик: {0}, есть: {1}; Patroni возьмёт что найдёт',
  'Only a replica without any lag could take over: on a busy cluster often none':
    'Роль лидера сможет принять только реплика без отставания: под нагрузкой такой часто нет',
  'A failover may lose up to {0} GiB of WAL': 'При failover может потеряться до {0} ГиБ WAL',
  'All members must run Patroni 3.0 or newer: {0}': 'У всех участников нужен Patroni 3.0 или новее: {0}',
  "A slot's name has 1 to 63 lower case letters, digits and underscores; Patroni ignores {0}":
    'Имя слота: от 1 до 63 строчных букв, цифр и подчёркиваний; Patroni не учтёт {0}',
  'Slot {0} takes an object such as {type: physical}; Patroni ignores it':
    'Слот {0} задаётся объектом, например {type: physical}; Patroni его не учтёт',
  'A slot is physical or logical; Patroni ignores {0}': 'Слот бывает physical или logical; Patroni не учтёт {0}',
  'A logical slot needs {0}': 'Логическому слоту нужны: {0}',
  "{0}'s own slot has this name: Patroni ignores the logical one":
    'Так называется собственный слот {0}: логический Patroni не учтёт',
  "{0}'s own slot has this name: it is kept while {1} is away":
    'Так называется собственный слот {0}: он сохранится, пока {1} отсутствует',
  'Takes objects such as {name: slot1, type: physical}': 'Принимает объекты, например {name: slot1, type: physical}',
  'Patroni compares {0} only; with {1} no slot matches':
    'Patroni сравнивает только {0}; с {1} не подойдёт ни один слот',
  'An empty matcher matches every slot': 'Пустому условию подходит любой слот',
  'Makes the leader a standby at once, without a clean stop: use Demote cluster':
    'Сразу понижает лидера без чистой остановки: используйте «Сделать standby-кластером»',
  'Promotes this cluster at once: use Promote cluster': 'Сразу повышает этот кластер: используйте «Повысить кластер»',
  'No effect without host, port or restore_command': 'Не действует без host, port или restore_command',
  'Changes where the standby leader follows': 'Меняет источник, за которым следует standby leader',
  'Stops automatic failover without an owner or an end: use Pause':
    'Отключает автоматический failover без ответственного и без конца: используйте «Паузу»',
  'Resumes automatic failover: use Resume': 'Возвращает автоматический failover: используйте «Снять паузу»',
  // check-structure.ts
  '{0} belongs under postgresql: here Patroni ignores it': 'Место {0} в postgresql: здесь Patroni его не учтёт',
  '{0} is a PostgreSQL parameter: here Patroni ignores it': '{0} — параметр PostgreSQL: здесь Patroni его не учтёт',
  'Patroni does not know {0}: stored and ignored': 'Patroni не знает {0}: хранится и не действует',
  'Patroni does not know {0}: stored and ignored. Did you mean {1}?':
    'Patroni не знает {0}: хранится и не действует. Может быть, {1}?',
  '{0} cannot read watchdog here and would refuse the whole configuration':
    '{0} не сможет прочитать watchdog здесь и отклонит всю конфигурацию',
  '{0} belongs in the local file of each member: here Patroni ignores it':
    'Место {0} в локальном файле каждого участника: здесь Patroni его не учтёт',
  'Patroni takes postgresql.{0} from each local file and removes it here':
    'postgresql.{0} Patroni берёт из локальных файлов, а здесь удаляет',
  '{0} belongs at the top level: under postgresql Patroni ignores it':
    'Место {0} на верхнем уровне: в postgresql Patroni его не учтёт',
  '{0} is a PostgreSQL parameter: it belongs under postgresql.parameters':
    '{0} — параметр PostgreSQL: его место в postgresql.parameters',
  'Howdah does not know postgresql.{0}': 'Howdah не знает postgresql.{0}',
  'Patroni does not know postgresql.{0}. Did you mean {1}?': 'Patroni не знает postgresql.{0}. Может быть, {1}?',
  '{0} is a key of Patroni: it belongs at the top level': '{0} — ключ Patroni: его место на верхнем уровне',
  '{0} is a key of Patroni: it belongs under postgresql': '{0} — ключ Patroni: его место в postgresql',
  'postgresql.{0} takes a list, one text a line': 'postgresql.{0} принимает список, по тексту на строку',
  'Each line of {0} is a text; put it in quotes': 'Каждая строка {0} — текст; возьмите её в кавычки',
  'A line of {0} holds a line break': 'В строке {0} есть перевод строки',
  'An empty pg_hba is ignored: the members keep the file they have':
    'Пустой pg_hba не действует: участники оставят свой файл',
  'Not used while postgresql.parameters.hba_file is set': 'Не используется, пока задан postgresql.parameters.hba_file',
  'A line of pg_hba begins with {0}; {1} makes PostgreSQL refuse the file':
    'Строка pg_hba начинается с {0}; из-за {1} PostgreSQL отклонит файл',
  'A {0} line of pg_hba has at least {1} fields; PostgreSQL would refuse the file':
    'В строке {0} файла pg_hba не меньше {1} полей; PostgreSQL отклонит файл',
  'No host line for the database replication: standbys could not connect (all does not include it)':
    'Нет строки host для базы replication: реплики не смогут подключиться (all её не включает)',
  'Patroni takes an empty configuration for a lost one and writes its own copy back':
    'Пустую конфигурацию Patroni примет за потерянную и запишет обратно свою копию',
  '{0} must be an object: Patroni would refuse this and every later change':
    '{0} должен быть объектом: Patroni отклонит это и все следующие изменения',
  'Ignored beside {0}': 'Не действует рядом с {0}',
  'Old name of {0}': 'Прежнее имя {0}',
  'Ignored: {0} wins over {1}': 'Не действует: {0} важнее, чем {1}',
  '{0} has no value; Patroni works with its default': '{0} без значения; Patroni возьмёт своё значение по умолчанию',
  // check.ts
  '{n} errors': ['{n} ошибка', '{n} ошибки', '{n} ошибок'],
  '{n} warnings': ['{n} предупреждение', '{n} предупреждения', '{n} предупреждений'],
  'not checked against pg_settings: {0}': 'не сверено с pg_settings: {0}',
  'not read yet': 'ещё не прочитано',
  'not checked against pg_settings: no member answered': 'не сверено с pg_settings: не ответил ни один участник',
  'not checked against pg_settings of {0}': 'не сверено с pg_settings: {0}',
  // diff.ts
  '{n} lines': ['{n} строка', '{n} строки', '{n} строк'],
  // effects.ts
  'prints the same: Patroni sees no change': 'выглядит так же: Patroni не увидит изменения',
  'replicas and standby leader': 'реплики и standby leader',
  'Patroni does not know it': 'Patroni этого не знает',
  'it is the default': 'это значение по умолчанию',
  'all members, nothing reloads': 'все участники, без reload',
  'the leader rewrites synchronous_standby_names': 'лидер перепишет synchronous_standby_names',
  'the leader changes its role': 'лидер сменит роль',
  'slots are made or dropped': 'слоты создаются или удаляются',
  'all members': 'все участники',
  'not used while {0} is set': 'не используется, пока задан {0}',
  'all members without {0} in a local file': 'все участники, у кого нет {0} в локальном файле',
  'Patroni owns it': 'этим управляет Patroni',
  'Patroni drops it here': 'здесь Patroni это отбросит',
  'pg_settings could not be read': 'pg_settings не прочитан',
  'all members, once its extension is loaded': 'все участники, как только загружено расширение',
  'all members, as wal_keep_size': 'все участники, как wal_keep_size',
  'PostgreSQL does not know it: dropped': 'PostgreSQL этого не знает: отбрасывается',
  'it cannot be set': 'задать это нельзя',
  'equal in effect': 'по действию то же самое',
  '{0}. Others: {1}': '{0}. Остальные: {1}',
  'PostgreSQL {0} does not know it': 'PostgreSQL {0} этого не знает',
  'its patroni.yml sets {0}': 'в его patroni.yml задано {0}',
  'ALTER SYSTEM sets {0}': 'через ALTER SYSTEM задано {0}',
  'a local file or ALTER SYSTEM sets {0}': 'в локальном файле или через ALTER SYSTEM задано {0}',
  '{0} first, then {1}: a standby restarted too early keeps the old value and needs a second restart':
    'сначала {0}, затем {1}: реплика, перезапущенная раньше, сохранит прежнее значение и потребует второго перезапуска',
  '{0} first, then {1}': 'сначала {0}, затем {1}',
  // guc.ts
  'on or off': 'on или off',
  'one of its values': 'одно из своих значений',
  'a whole number': 'целое число',
  'a number': 'число',
  '{0} takes {1} without a unit': '{0} принимает {1} без единицы',
  '{0} does not know the unit {1}; {2} are known': '{0} не знает единицу {1}; есть {2}',
  '{0} takes {1}, alone in {2} or with a unit': '{0} принимает {1}, само по себе в {2} или с единицей',
  '{0} takes on or off': '{0} принимает on или off',
  '{0} is at most {1}': '{0} не больше {1}',
  // patroni-keys.ts
  'Permanent slots by name: {type: physical} or {type: logical, database, plugin}.':
    'Постоянные слоты по имени: {type: physical} или {type: logical, database, plugin}.',
  'Life of the leader key. At least loop_wait + 2 × retry_timeout.':
    'Срок жизни ключа лидера. Не меньше loop_wait + 2 × retry_timeout.',
  'Pause between two loops of Patroni.': 'Пауза между двумя циклами Patroni.',
  'How long operations on the DCS and PostgreSQL are retried.': 'Сколько повторяются операции с DCS и PostgreSQL.',
  'A replica further behind is no candidate.': 'Реплика с большим отставанием не кандидат.',
  'A sync standby further behind is replaced; 0 or less: never.':
    'Синхронная реплика с большим отставанием заменяется; 0 или меньше: никогда.',
  'Timelines kept in /history; 0: all.': 'Сколько timeline хранить в /history; 0: все.',
  'A candidate must be on the newest timeline.': 'Кандидат должен быть на новейшей timeline.',
  'How long a crashed primary may take to start; 0: fail over at once.':
    'Сколько ждать запуска упавшего primary; 0: сразу failover.',
  'How long a stop may take in synchronous mode before it is killed; 0: off.':
    'Сколько может длиться остановка в синхронном режиме до принудительной; 0: выключено.',
  'Old name of primary_start_timeout.': 'Прежнее имя primary_start_timeout.',
  'Old name of primary_stop_timeout.': 'Прежнее имя primary_stop_timeout.',
  'Patroni chooses the sync standbys and fails over only to them.':
    'Patroni выбирает синхронные реплики и делает failover только на них.',
  'No writes rather than asynchronous ones when no sync standby is there.':
    'Без синхронной реплики запись останавливается, а не становится асинхронной.',
  'How many sync standbys.': 'Сколько синхронных реплик.',
  'The primary goes on without the DCS while every member answers it.':
    'Primary работает без DCS, пока ему отвечают все участники.',
  'No automatic failover. Set it with the action Pause.': 'Без автоматического failover. Ставится действием «Пауза».',
  'How long the slot of a vanished member is kept; 0: not at all.':
    'Сколько хранить слот исчезнувшего участника; 0: не хранить.',
  'Wait before another member races for the leader key.': 'Ожидание перед борьбой другого участника за ключ лидера.',
  'Makes this a standby cluster. Change it with Demote or Promote.':
    'Делает кластер standby-кластером. Меняется действиями понижения и повышения кластера.',
  'Slots that Patroni leaves alone: a list of {name, type, database, plugin}.':
    'Слоты, которые Patroni не трогает: список {name, type, database, plugin}.',
  'PostgreSQL: parameters, pg_hba and how Patroni handles it.':
    'PostgreSQL: параметры, pg_hba и как с ним работает Patroni.',
  'PostgreSQL parameters of all members.': 'Параметры PostgreSQL всех участников.',
  'Rewind an old leader instead of copying it anew.':
    'Возвращать прежнего лидера через pg_rewind, а не копировать заново.',
  'A slot for each member. Only here, never in a local file.':
    'Слот для каждого участника. Только здесь, не в локальном файле.',
  'The whole pg_hba.conf, one text a line.': 'Весь pg_hba.conf, по тексту на строку.',
  'The whole pg_ident.conf, one text a line.': 'Весь pg_ident.conf, по тексту на строку.',
  'Recovery settings such as restore_command.': 'Параметры восстановления, например restore_command.',
  'How long pg_ctl waits.': 'Сколько ждёт pg_ctl.',
  'Scripts Patroni calls on events.': 'Скрипты, которые Patroni вызывает по событиям.',
  'How a replica is made, in order.': 'Способы создания реплики, по порядку.',
  'Options of pg_basebackup.': 'Параметры pg_basebackup.',
  'Copy anew when pg_rewind fails.': 'Копировать заново, если pg_rewind не удался.',
  'Copy anew when the WAL has forked.': 'Копировать заново, если WAL разошёлся.',
  'Script that must succeed before a promotion.': 'Скрипт, который должен завершиться успешно перед повышением.',
  'Script called before PostgreSQL is stopped.': 'Скрипт перед остановкой PostgreSQL.',
  'A file included instead of postgresql.base.conf.': 'Файл, который включается вместо postgresql.base.conf.',
  'Where the PostgreSQL programs are.': 'Где лежат программы PostgreSQL.',
  'Other names of the PostgreSQL programs.': 'Другие имена программ PostgreSQL.',
  'Database Patroni connects to.': 'База, к которой подключается Patroni.',
  'Patroni connects through a socket.': 'Patroni подключается через сокет.',
  'Also for replication.': 'И для репликации.',
  'Parameters while primary.': 'Параметры в роли primary.',
  'Parameters while replica.': 'Параметры в роли реплики.',
  'Parameters while standby leader.': 'Параметры в роли standby leader.',
  'pg_hba while primary.': 'pg_hba в роли primary.',
  'pg_hba while replica.': 'pg_hba в роли реплики.',
  'pg_hba while standby leader.': 'pg_hba в роли standby leader.',
  'pg_ident while primary.': 'pg_ident в роли primary.',
  'pg_ident while replica.': 'pg_ident в роли реплики.',
  'pg_ident while standby leader.': 'pg_ident в роли standby leader.',
  'Where the primary cluster is.': 'Где основной кластер.',
  'Port of the primary cluster.': 'Порт основного кластера.',
  'Slot on the primary cluster.': 'Слот на основном кластере.',
  'How the standby leader is made.': 'Способы создания standby leader.',
  'Fetches WAL from an archive.': 'Получает WAL из архива.',
  'Removes WAL that is not needed.': 'Удаляет ненужный WAL.',
  'Replay so much later.': 'Задержка replay.',
  'Patroni takes it from postgresql.listen of each local file':
    'Patroni берёт это из postgresql.listen каждого локального файла',
  'Patroni sets it to the scope': 'Patroni задаёт здесь scope',
  'Patroni keeps it on': 'Patroni держит это включённым',
  'Patroni takes it from postgresql.data_dir of each local file':
    'Patroni берёт это из postgresql.data_dir каждого локального файла',
  'Patroni writes it for each replica': 'Patroni сам пишет это для каждой реплики',
  'Patroni promotes by itself': 'Patroni сам повышает',
  // problem.ts
  'Set {0}': 'Задать {0}',
  Remove: 'Удалить',
  'Rename to {0}': 'Переименовать в {0}',
  'Move to the top': 'Перенести на верхний уровень',
  'Move to {0}': 'Перенести в {0}',
  // uptake.ts
  'nothing to take up': 'применять нечего',
  '{0}: read within one loop': '{0}: будет прочитан за один цикл',
  '{0}: a loop has passed; Patroni does not show more': '{0}: цикл прошёл; большего Patroni не показывает',
  '{0} waits for a restart': '{0} ждёт перезапуска',
  'pg_settings not read': 'pg_settings не прочитан',
  '{0}: not read again yet': '{0}: ещё не перечитан',
  '{0}: PostgreSQL {1} does not know it': '{0}: PostgreSQL {1} этого не знает',
  "{0}: a loop has passed; Howdah's own session has {1}": '{0}: цикл прошёл; в сеансе самого Howdah {1}',
  '{0} waits for a restart: still {1}': '{0} ждёт перезапуска: пока {1}',
  '{0}: still {1}': '{0}: пока {1}',
  '{0} is {1}: a local file or ALTER SYSTEM sets it': '{0} = {1}: задано в локальном файле или через ALTER SYSTEM',
  '{0} is still {1}, longer than a loop': '{0} всё ещё {1}, дольше одного цикла',
  'taken by all {0} members': 'применили все участники: {0}',
  'not yet taken by {0}': 'ещё не применили: {0}',
  'taken by {0}, not by {1}': 'применили: {0}; не применили: {1}',
};
