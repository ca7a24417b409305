// Russian for the checks before an action that are about members: the leader, reinitialize, restart, reload.
import type { Catalogue } from '../translate';

export const ACTION_CHECKS_MEMBERS: Catalogue = {
  // checks/leader.ts
  '{0} holds the leader key and does not answer as a healthy leader':
    '{0} держит ключ лидера, но не отвечает как исправный лидер',
  'Patroni of {0} has to take this up. If it is gone, {1} takes over when the key has expired.':
    'Исполнять это должен Patroni на {0}. Если его нет, роль примет {1}, когда ключ истечёт.',
  'the candidate': 'кандидат',
  'PostgreSQL {0}, state unknown': 'PostgreSQL {0}, состояние неизвестно',
  'PostgreSQL {0}, state {1}': 'PostgreSQL {0}, состояние {1}',
  '{0} leads and is healthy: use a switchover': '{0} — исправный лидер: используйте switchover',
  'It does the same to {0} and loses nothing.': 'Он тоже сделает лидером {0}, но ничего не потеряет.',
  '{0} leads and is healthy: a switchover is the safe way': '{0} — исправный лидер: безопаснее switchover',
  'With a leader Patroni works on a failover like on a switchover, but ignores /sync.':
    'При живом лидере Patroni исполняет failover как switchover, но не смотрит на /sync.',
  '{0} runs as a primary without the leader key': '{0} работает как primary без ключа лидера',
  '{0} run as primaries without the leader key': '{0} работают как primary без ключа лидера',
  'Once resumed Patroni demotes it; what it wrote is lost.':
    'После снятия паузы Patroni его понизит; записанное на нём потеряется.',
  'Stop the one that must not write first: with a new leader two would.':
    'Сначала остановите того, кто не должен писать: с новым лидером писали бы двое.',
  'PostgreSQL of {0} still runs as a primary, and its Patroni does not answer':
    'PostgreSQL на {0} всё ещё primary, а его Patroni не отвечает',
  'Nobody demotes it: with a new leader two accept writes. Stop PostgreSQL of {0} first.':
    'Понизить его некому: с новым лидером запись будут принимать двое. Сначала остановите PostgreSQL на {0}.',
  'still streams from {0}': 'всё ещё получает WAL с {0}',
  '{0} does not answer, and {1} still streams from it': '{0} не отвечает, а {1} всё ещё получает с него WAL',
  '{0} does not answer, and {1} still stream from it': '{0} не отвечает, а {1} всё ещё получают с него WAL',
  'Its PostgreSQL runs: with a new leader two accept writes. Stop PostgreSQL of {0} first.':
    'Его PostgreSQL работает: с новым лидером запись будут принимать двое. Сначала остановите PostgreSQL на {0}.',
  '{0} led last and does not answer': '{0} был последним лидером и не отвечает',
  'If its PostgreSQL still runs, two members accept writes after this. Make sure that it is stopped.':
    'Если его PostgreSQL ещё работает, после этого запись будут принимать двое. Убедитесь, что он остановлен.',
  'failsafe_mode is at work: Patroni has lost the DCS and holds the primary by its members':
    'Действует failsafe_mode: Patroni потерял DCS и удерживает primary силами участников',
  'Nothing can be asked of it meanwhile, and a member that stops may take the primary down. Bring the DCS back first.':
    'Пока это так, просить его ни о чём нельзя, а остановка участника может уронить primary. Сначала восстановите DCS.',
  '{0} was asked, {1} leads now': 'опрошен {0}, а лидер теперь {1}',
  'it did not answer': 'он не ответил',
  'What {0} is doing is not known': 'Неизвестно, чем занят {0}',
  'Long or prepared transactions, unarchived WAL and base backups there cannot be seen.':
    'Не видны долгие и подготовленные транзакции, неархивированный WAL и base backup на нём.',
  'no open transaction': 'открытых транзакций нет',
  'A transaction has been open on {0} for {1}': 'На {0} открыта транзакция, уже {1}',
  'pid {0}': 'pid {0}',
  '{0}. It will be rolled back': '{0}. Она будет отменена',
  '{0}. If it is still open then, it is rolled back': '{0}. Если она ещё будет открыта, её отменят',
  '1 client connection on {0}': '1 клиентское соединение на {0}',
  '{0} client connections on {1}': [
    '{0} клиентское соединение на {1}',
    '{0} клиентских соединения на {1}',
    '{0} клиентских соединений на {1}',
  ],
  'It is cut and has to connect again.': 'Оно оборвётся, и клиенту придётся подключиться заново.',
  'All of them are cut and have to connect again.': 'Все они оборвутся, и клиентам придётся подключиться заново.',
  'no prepared transactions': 'подготовленных транзакций нет',
  '1 prepared transaction on {0}, the oldest {1}': '1 подготовленная транзакция на {0}, возраст {1}',
  '{0} prepared transactions on {1}, the oldest {2}': [
    '{0} подготовленная транзакция на {1}, старейшей {2}',
    '{0} подготовленные транзакции на {1}, старейшей {2}',
    '{0} подготовленных транзакций на {1}, старейшей {2}',
  ],
  'They survive the restart and keep their locks.': 'Они переживут перезапуск и сохранят блокировки.',
  'They move to the new leader with their locks; their coordinator must find it to finish them.':
    'Они перейдут на нового лидера вместе с блокировками; чтобы их завершить, координатор должен его найти.',
  'all WAL archived': 'весь WAL в архиве',
  '{0} is not archived yet': 'ещё не в архиве: {0}',
  '{n} WAL files': ['{n} файл WAL', '{n} файла WAL', '{n} файлов WAL'],
  '{0} is not archived yet, {1}': 'ещё не в архиве: {0}, {1}',
  '{0} are not archived yet': 'ещё не в архиве: {0}',
  '{0} are not archived yet, {1}': 'ещё не в архиве: {0}, {1}',
  'The shutdown of {0} waits for the archiver.': 'Остановка {0} ждёт архиватора.',
  'archiver works': 'архиватор работает',
  'The archiver of {0} fails': 'Архиватор на {0} завершается с ошибкой',
  'The archiver of {0} fails on {1}': 'Архиватор на {0} завершается с ошибкой на {1}',
  'The shutdown tries once more and gives up; WAL that only lies there may be missing from the archive.':
    'При остановке будет ещё одна попытка; WAL, который есть только там, может не попасть в архив.',
  'no base backup': 'base backup не идёт',
  '{0}, {1} of {2}': '{0}, {1} из {2}',
  '{0} runs on {1}': 'На {1} идёт {0}',
  '{n} base backups': ['{n} base backup', '{n} base backup', '{n} base backup'],
  '{0} run on {1}': 'На {1} идут {0}',
  'Two copies share its disk and network.': 'Два копирования делят его диск и сеть.',
  'It breaks off and has to start again.': 'Он прервётся, и его придётся начать заново.',
  'A switchover restarts it: the pending change takes effect there.':
    'Switchover его перезапустит: отложенное изменение там вступит в силу.',
  'Each member takes the change up by itself.': 'Каждый участник применит изменение сам.',
  'There is nobody to copy from: Patroni refuses it.': 'Копировать не с кого: Patroni откажет.',
  'There is nobody who could hand over. To make a member leader use a failover.':
    'Передать роль некому. Чтобы сделать участника лидером, используйте failover.',
  'It cannot hand over in an orderly way. If it does not come back, use a failover.':
    'Штатно передать роль он не может. Если он не вернётся, используйте failover.',
  'Who leads is not known: it was {0}': 'Неизвестно, кто лидер: был {0}',
  'Wait until the DCS can be read again.': 'Подождите, пока DCS снова будет читаться.',
  'The leader key names {0}, which is no member': 'В ключе лидера {0}, а такого участника нет',
  '{0} leads and does not answer': '{0} — лидер и не отвечает',
  'Patroni of {0} did not answer the last question': 'Patroni на {0} не ответил на последний запрос',
  'It is the one who has to act. Wait until it answers.': 'Действовать должен именно он. Подождите его ответа.',
  'PostgreSQL of {0} is {1}': 'PostgreSQL на {0}: {1}',
  'Wait until it runs.': 'Подождите, пока он заработает.',
  '{0} holds the leader key but is no primary': '{0} держит ключ лидера, но он не primary',
  '{0} holds the leader key but is no standby leader': '{0} держит ключ лидера, но он не standby leader',
  'Wait until it is one, or until Patroni has elected another.':
    'Подождите, пока он им станет или пока Patroni выберет другого.',
  '{0} leads and answers': '{0} — лидер и отвечает',
  '{0} is the standby leader and answers': '{0} — standby leader и отвечает',
  'PostgreSQL says {0}, state unknown': 'PostgreSQL: {0}, состояние неизвестно',
  'PostgreSQL says {0}, state {1}': 'PostgreSQL: {0}, состояние {1}',
  'SQL {0}': 'SQL {0}',
  'not configured': 'не настроен',
  // checks/reinitialize.ts
  '{0} runs as a primary': '{0} работает как primary',
  'Patroni refuses to reinitialize the leader. Switch over first.':
    'Лидера Patroni не переинициализирует. Сначала выполните switchover.',
  '{0} can take over meanwhile': 'роль лидера на это время может принять {0}',
  'No replica can take over while it is copied': 'Пока он копируется, роль лидера принять некому',
  'If the leader fails meanwhile nobody is left.': 'Если лидер за это время откажет, не останется никого.',
  '{0} is the last healthy replica': '{0} — последняя исправная реплика',
  'While it is copied nobody can take over from the leader.': 'Пока она копируется, принять роль лидера некому.',
  'The leader goes on with the other synchronous standbys.': 'Лидер продолжит с остальными синхронными репликами.',
  '{0} is the only sync standby': '{0} — единственная синхронная реплика',
  'With synchronous_mode_strict every commit waits until another one is synchronous.':
    'При synchronous_mode_strict каждый коммит ждёт, пока синхронной станет другая.',
  'Until Patroni has chosen another, commits are confirmed by the leader alone.':
    'Пока Patroni не выберет другую, коммиты подтверждает один лидер.',
  'What clients wrote there is nowhere else, and is removed. Save its data directory first if that matters.':
    'То, что клиенты туда записали, больше нигде нет, и оно будет удалено. Если это важно, сначала сохраните каталог данных.',
  'The data directory of {0} belongs to another cluster, and is removed':
    'Каталог данных {0} от другого кластера и будет удалён',
  'Save it first if somebody needs it.': 'Если он кому-то нужен, сначала сохраните его.',
  cluster: 'кластер',
  'The data directory of {0} is removed': 'Каталог данных {0} будет удалён',
  'It is copied anew from the cluster; what only stands there is lost.':
    'Он копируется заново из кластера; что было только там, потеряется.',
  'The data directory of {0} is removed, with the WAL past the fork that no other member has':
    'Каталог данных {0} будет удалён вместе с WAL после точки расхождения, которого нет у других',
  'The data directory of {0} is removed, with {1} of WAL past the fork that no other member has':
    'Каталог данных {0} будет удалён вместе с {1} WAL после точки расхождения, которого нет у других',
  'Save the directory first if that WAL matters.': 'Если этот WAL важен, сначала сохраните каталог.',
  '{0} streams: nothing shows that it needs this': '{0} получает WAL: признаков, что это нужно, нет',
  'A restart or a switchover may be what you want.': 'Возможно, вам нужен перезапуск или switchover.',
  '{0} is {1}': '{0}: {1}',
  'Patroni breaks that off and begins anew.': 'Patroni прервёт это и начнёт заново.',
  'Patroni does one thing at a time there: wait, or break it off by force.':
    'Patroni делает там одно дело за раз: подождите или прервите принудительно.',
  'Patroni {0} of {1} cannot be told to copy from the leader': 'Patroni {0} на {1} не умеет копировать именно с лидера',
  'That needs Patroni 4.1: it would copy from whom it likes. Ask without that condition.':
    'Для этого нужен Patroni 4.1: этот скопирует с кого захочет. Просите без этого условия.',
  'It is copied from {0}': 'Источник копирования: {0}',
  'The copy costs the leader disk reads and network.': 'Копирование нагрузит диск и сеть лидера.',
  'Patroni points them elsewhere, or they wait until it is back.':
    'Patroni переключит их на другой источник, или они подождут его возвращения.',
  '{0}, and you go on': '{0}, и вы продолжаете',
  '{0} Go on only with a reason, by the override.': '{0} Продолжить можно только с указанием причины.',
  // checks/restart.ts
  'Patroni of {0} answers': 'Patroni отвечает: {0}',
  'Only it can do this, and nobody else for it.': 'Сделать это может только он сам.',
  'no fresh answer': 'нет свежего ответа',
  'Patroni does one thing at a time there: wait until it is done.':
    'Patroni делает там одно дело за раз: подождите, пока закончится.',
  'PostgreSQL of {0}: {1}': 'PostgreSQL на {0}: {1}',
  'Bring it back first: a rolling restart goes from one running member to the next.':
    'Сначала верните его: поочерёдный перезапуск идёт от одного работающего участника к другому.',
  'A restart starts it.': 'Перезапуск его запустит.',
  'Each member is waited for until it streams again, and this one does not now. Repair it first.':
    'Каждого участника ждут, пока он снова не начнёт получать WAL, а этот не получает и сейчас. Сначала исправьте его.',
  '{0} leads: nothing accepts writes while it restarts':
    '{0} — лидер: пока он перезапускается, запись никто не принимает',
  '{0} is the standby leader: nobody follows the source while it restarts':
    '{0} — standby leader: пока он перезапускается, за источником никто не следует',
  'A switchover first, and the restart costs less. While paused nobody takes over.':
    'Сначала switchover, и перезапуск обойдётся дешевле. На паузе роль лидера ни к кому не перейдёт.',
  'A switchover first, and the restart costs less. If it does not start within {0}, Patroni fails over.':
    'Сначала switchover, и перезапуск обойдётся дешевле. Если он не запустится за {0}, Patroni выполнит failover.',
  schedule: 'расписание',
  'A restart of {0} is scheduled already for {1}': 'Перезапуск {0} уже запланирован на {1}',
  'Patroni refuses a second one: cancel the first.': 'Второй Patroni не примет: отмените первый.',
  'A restart of {0} is scheduled for {1}': 'Перезапуск {0} запланирован на {1}',
  'It is dropped when the member is restarted before.': 'Он будет отброшен, если участник перезапустится раньше.',
  'A scheduled restart lives in the memory of Patroni': 'Запланированный перезапуск живёт в памяти Patroni',
  'It is lost when Patroni of {0} restarts before, and dropped when PostgreSQL does.':
    'Он потеряется, если раньше перезапустится Patroni ({0}), и будет отброшен, если перезапустится PostgreSQL.',
  '{0} are in /sync': '{0} в /sync',
  'The restart waits until the leader has taken it out of /sync; commits may wait until another standby is chosen.':
    'Перезапуск ждёт, пока лидер уберёт её из /sync; коммиты могут ждать, пока не выбрана другая реплика.',
  'The restart waits until the leader has taken it out of /sync.': 'Перезапуск ждёт, пока лидер уберёт её из /sync.',
  'The restart waits until the leader has taken them out of /sync; commits may wait until another standby is chosen.':
    'Перезапуск ждёт, пока лидер уберёт их из /sync; коммиты могут ждать, пока не выбрана другая реплика.',
  'The restart waits until the leader has taken them out of /sync.': 'Перезапуск ждёт, пока лидер уберёт их из /sync.',
  '{0} has no pending restart': '{0}: нет pending restart',
  'No member has a pending restart': 'Ни у кого нет pending restart',
  'There is nothing to do: ask for a restart without that condition.':
    'Делать нечего: просите перезапуск без этого условия.',
  'all of them have a pending restart': 'pending restart есть у всех',
  '{0} have no pending restart': '{0}: нет pending restart',
  'Left as it is.': 'Остаётся как есть.',
  '{0} is lowered, and {1} still runs with the old value': '{0}: значение снижено, а {1} ещё работает с прежним',
  '{0} are lowered, and {1} still runs with the old value': '{0}: значения снижены, а {1} ещё работает с прежними',
  'Restart {0} first and alone, or one by one: a standby restarted before it keeps the old value and needs another restart.':
    'Сначала перезапустите {0} отдельно или всех по очереди: реплика, перезапущенная раньше, сохранит прежнее значение и потребует ещё одного перезапуска.',
  'What waits for the restart of {0} is not said': 'Не сказано, что ждёт перезапуска: {0}',
  'Where a hot-standby parameter such as max_connections was lowered, the primary has to go first, or the standbys keep the old value.':
    'Если снижен параметр hot standby, например max_connections, первым перезапускают primary, иначе реплики сохранят прежнее значение.',
  'No standby streams while they restart': 'Пока они перезапускаются, WAL не получает ни одна реплика',
  'If the leader fails meanwhile nobody can take over. Restart them one after the other.':
    'Если лидер за это время откажет, принять его роль некому. Перезапускайте по очереди.',
  'Order: {0}': 'Порядок: {0}',
  '{0}. The primary restarts without a switchover before it: writes stop meanwhile.':
    '{0}. Primary перезапускается без switchover: на это время запись прекращается.',
  '{0}. Each is waited for until it streams again.': '{0}. Каждого ждут, пока он снова не начнёт получать WAL.',
  'Patroni reads its local files again': 'Patroni перечитывает локальные файлы',
  'PostgreSQL is reloaded where something changed; what needs a restart becomes a pending restart.':
    'Где что-то изменилось, PostgreSQL выполнит reload; что требует перезапуска, станет pending restart.',
};
