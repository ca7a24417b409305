// Russian for the checks before an action: candidates, the cluster, its configuration, the DCS, Howdah itself, rights.
import type { Catalogue } from '../translate';

export const ACTION_CHECKS: Catalogue = {
  // candidates.ts
  'ahead of the end of timeline {0}: forked': 'впереди конца timeline {0}: история разошлась',
  'not in the member list': 'нет в списке участников',
  '{0}, last known at {1}/{2}': '{0}, последняя известная позиция {1}/{2}',
  '{0} at {1}/{2}': '{0}, позиция {1}/{2}',
  'nobody is in /sync while synchronous_mode is on': 'в /sync никого нет при включённом synchronous_mode',
  'not in /sync while synchronous_mode is on': 'нет в /sync при включённом synchronous_mode',
  'whether it streams is not known: {0}': 'неизвестно, получает ли WAL: {0}',
  'from whom it streams is not known': 'неизвестно, откуда получает WAL',
  'streams from {0}, not from {1}': 'получает WAL с {0}, а не с {1}',
  'replay paused, {0} to replay first': 'replay приостановлен, сначала нужно проиграть {0}',
  'replay paused': 'replay приостановлен',
  'its data directory belongs to another cluster': 'его каталог данных от другого кластера',
  'was never asked': 'ещё не опрашивался',
  'its Patroni did not answer the last question': 'его Patroni не ответил на последний запрос',
  'not reachable': 'недоступен',
  '{0}, {1} past the fork': '{0}, {1} после точки расхождения',
  silent: 'молчит',
  'forked, {0}': 'история разошлась, {0}',
  'state unknown': 'состояние неизвестно',
  'in archive recovery': 'in archive recovery',
  'stream unknown': 'streaming неизвестен',
  'in /sync': 'в /sync',
  'on timeline {0} of {1}': 'на timeline {0} из {1}',
  'answers in {0}': 'отвечает за {0}',
  '{0}, although patronictl says lag 0': '{0}, хотя patronictl показывает lag 0',
  // checks/candidate.ts
  '{0} is the only member': '{0} — единственный участник',
  'There is nobody to hand over to.': 'Передать роль лидера некому.',
  'There is nobody to hand over to: restart the member itself, with an outage.':
    'Передать роль лидера некому: перезапустите самого участника, запись на это время прервётся.',
  '{0} already leads': '{0} уже лидер',
  'Patroni refuses it: source and target are the same.': 'Patroni откажет: источник и цель совпадают.',
  '{0} is not in the member list': '{0} нет в списке участников',
  'Patroni refuses it: the candidate does not exist.': 'Patroni откажет: такого кандидата нет.',
  'Not {0}: refused': 'Не {0}: отказ',
  'Not {0}: {1}': 'Не {0}: {1}',
  'Patroni refuses it and says why only in the log of the leader.':
    'Patroni откажет и назовёт причину только в журнале лидера.',
  'Patroni does not check this and would do it.': 'Patroni этого не проверяет и выполнил бы.',
  'Patroni refuses': 'Patroni отказывает',
  'Howdah refuses': 'Howdah отказывает',
  'patronictl says': 'patronictl показывает',
  nothing: 'ничего',
  '{0}, lag {1}': '{0}, lag {1}',
  'Whether {0} can take over is not known': 'Неизвестно, может ли {0} принять роль лидера',
  'A member that cannot be seen is not chosen: wait for its answer, or choose another.':
    'Участника, которого не видно, не выбирают: дождитесь ответа или выберите другого.',
  '{0} is eligible': '{0} подходит',
  'How far {0} lags is not known': 'Отставание {0} неизвестно',
  'What it has not replayed it replays before it accepts writes.':
    'Прежде чем принять запись, он проиграет всё, что ещё не проиграл.',
  'received not known, replayed not known': 'получение неизвестно, replay неизвестен',
  'received not known, replayed {0} behind': 'получение неизвестно, replay отстаёт на {0}',
  'received {0} behind, replayed not known': 'получение отстаёт на {0}, replay неизвестен',
  'received {0} behind, replayed {1} behind': 'получение отстаёт на {0}, replay отстаёт на {1}',
  '{0} is {1} behind, {2}': '{0} отстаёт на {1}, {2}',
  '{0} is {1} behind': '{0} отстаёт на {1}',
  'It has to receive and replay all of it before it accepts writes: the outage is longer by that.':
    'Прежде чем принять запись, он должен всё это получить и проиграть: простой записи будет дольше на это время.',
  '{0} does not lag': '{0} не отстаёт',
  '{0} has a pending restart': '{0}: pending restart',
  'It leads with the old values until it is restarted.': 'До перезапуска он будет лидером с прежними значениями.',
  'Without a leader Patroni ignores lag, timeline and /sync': 'Без лидера Patroni не смотрит на lag, timeline и /sync',
  'Whoever is named promotes with what it has; what the others have beyond it is lost.':
    'Названный участник станет primary с тем, что у него есть; что у других сверх этого, теряется.',
  'furthest known': 'дальше всех',
  'How much is lost with {0} is not known': 'Неизвестно, сколько потеряется, если лидером станет {0}',
  'Its position, or that of every other member, is not known.': 'Неизвестна его позиция или позиции всех остальных.',
  '{0} has all WAL that is known': 'у {0} есть весь известный WAL',
  '{0} of WAL would be lost with {1}': 'Если лидером станет {1}, потеряется WAL: {0}',
  'It is behind the furthest known position; what the old leader wrote since then comes on top.':
    'Он отстаёт от самой дальней известной позиции; сверх этого то, что прежний лидер записал с тех пор.',
  '{0} is {1} behind {2}': '{0} отстаёт от {2} на {1}',
  '{0} loses less. Members that are ahead of the new leader have to be rewound or copied anew.':
    'С {0} потери меньше. Участникам впереди нового лидера понадобится pg_rewind или копирование заново.',
  '{0} is on timeline {1}, the cluster reached {2}': '{0} на timeline {1}, кластер дошёл до {2}',
  'Everything written on the later timeline would be lost.': 'Всё записанное на более поздней timeline потеряется.',
  'the next timeline': 'следующая timeline',
  '{0} is silent': '{0} молчит',
  'Whether it follows to {0} cannot be said.': 'Нельзя сказать, перейдёт ли он на новую timeline ({0}).',
  'Patroni of {0} does not answer': 'Patroni не отвечает: {0}',
  'Nobody points {0} to the new leader: it may stay behind.':
    'Переключить {0} на нового лидера некому: он может отстать.',
  '{0} cannot follow to {1} while its replay is paused':
    '{0} не перейдёт на новую timeline ({1}), пока replay приостановлен',
  '{0} wait on {1}. Resume replay first, or {2} stays behind.':
    'На {1} ждут {0} WAL. Сначала возобновите replay, иначе {2} отстанет.',
  'Resume replay first, or {0} stays behind.': 'Сначала возобновите replay, иначе {0} отстанет.',
  'It stays behind, and may not follow to {0}.': 'Он отстаёт и может не перейти на новую timeline ({0}).',
  '{0} stays broken': '{0} останется неисправным',
  'A new leader does not repair a forked member; reinitialize it before or after.':
    'Новый лидер не исправит участника с разошедшейся историей; переинициализируйте его до или после.',
  'Nobody can take over': 'Принять роль лидера некому',
  'Every standby is refused, or cannot be seen.': 'Каждая реплика отклонена, или её не видно.',
  'Before the old leader is restarted somebody has to take over from it.':
    'Перед перезапуском прежнего лидера кто-то должен принять его роль.',
  '{0} can take over': 'роль лидера может принять {0}',
  'Patroni would choose {0}, which is ahead: refused': 'Patroni выбрал бы {0}, он впереди: отказ',
  'Patroni would choose {0}, which is ahead: {1}': 'Patroni выбрал бы {0}, он впереди: {1}',
  'Name a candidate: {0}.': 'Назовите кандидата: {0}.',
  'Patroni chooses: only {0} can take over': 'Выбирает Patroni: принять роль может только {0}',
  'Name it, and nobody else may come instead.': 'Назовите его, и никто другой его не заменит.',
  'Patroni chooses among {0}': 'Patroni выбирает из {0}',
  'Whoever is ahead when the leader key is free. Name a candidate to be sure.':
    'Того, кто впереди, когда освободится ключ лидера. Чтобы знать наверняка, назовите кандидата.',
  // checks/cluster.ts
  'Whether the cluster is paused is not known': 'Неизвестно, на паузе ли кластер',
  'Its configuration has not been read.': 'Его конфигурация не прочитана.',
  'synchronous_mode is on and /sync names no standby': 'synchronous_mode включён, а в /sync нет реплики',
  '{0} became leader {1} ago: wait one loop of {2}, until it has chosen its standby.':
    '{0} лидер уже {1}: подождите один цикл ({2}), пока он выберет синхронную реплику.',
  'Patroni refuses every candidate until a standby is synchronous.':
    'Patroni отклоняет всех кандидатов, пока нет синхронной реплики.',
  '/sync': '/sync',
  empty: 'пусто',
  'leader nobody, no standby': 'лидера нет, реплики нет',
  'leader {0}, no standby': 'лидер {0}, реплики нет',
  '{0} is in /sync': '{0} в /sync',
  '{0} is not in /sync while synchronous_mode is {1}': '{0} нет в /sync при synchronous_mode {1}',
  'Commits that clients were told are safe may be lost.':
    'Могут потеряться коммиты, о которых клиентам сообщено как о надёжных.',
  '{0} is a standby cluster': '{0} — standby-кластер',
  'It accepts no writes in any case; its leader follows {0}.':
    'Запись он не принимает в любом случае; источник его лидера: {0}.',
  'an archive': 'архив',
  'same Patroni {0}': 'одна версия Patroni: {0}',
  'Members run different versions of Patroni: {0}': 'У участников разные версии Patroni: {0}',
  'They may not understand each other in everything. Finish the upgrade first if you can.':
    'Они могут понимать друг друга не во всём. По возможности сначала закончите обновление.',
  'Members run different versions of PostgreSQL: {0}': 'У участников разные версии PostgreSQL: {0}',
  'The new leader brings its own.': 'У нового лидера будет своя.',
  'clocks within {0}': 'часы расходятся не более чем на {0}',
  'Patroni acts by the clock of the leader: the time may be another one than you mean.':
    'Patroni действует по часам лидера: время может быть не тем, которое вы имеете в виду.',
  'Leases and times in logs cannot be compared with it.': 'Аренды ключей и время в журналах с ними сравнивать нельзя.',
  'paused by': 'кто поставил паузу',
  '{0}, owner {1}: {2}': '{0=}, отвечает {1=}: {2=}',
  '{0} is already paused': 'Кластер {0} уже на паузе',
  'There is nothing to do.': 'Делать нечего.',
  '{0} is not paused': 'Кластер {0} не на паузе',
  'There is nothing to resume.': 'Снимать нечего.',
  'not paused': 'не на паузе',
  '{0} is paused: nothing can be scheduled': 'Кластер {0} на паузе: запланировать ничего нельзя',
  'Patroni refuses it. Resume first, or switch over now.':
    'Patroni откажет. Сначала снимите паузу или выполните switchover сейчас.',
  '{0} is paused: name a candidate': 'Кластер {0} на паузе: назовите кандидата',
  'While paused Patroni switches over only to a specific candidate.':
    'На паузе Patroni выполняет switchover только на названного кандидата.',
  '{0} is paused': 'Кластер {0} на паузе',
  'The switchover takes place, but if it goes wrong nobody takes over by itself.':
    'Switchover состоится, но при неудаче роль лидера сама ни к кому не перейдёт.',
  'It takes place; afterwards nobody takes over by itself.':
    'Он состоится; после него роль лидера сама ни к кому не перейдёт.',
  'Patroni refuses it. Resume first, or restart now.':
    'Patroni откажет. Сначала снимите паузу или перезапустите сейчас.',
  'If the leader does not start again, nobody takes over by itself.':
    'Если лидер не запустится снова, роль лидера сама ни к кому не перейдёт.',
  'A restart takes place all the same.': 'Перезапуск всё равно состоится.',
  'It takes place; a member that does not start again stays down.':
    'Он состоится; участник, который не запустится, останется остановленным.',
  'If the copy breaks off, Patroni does not try again by itself.':
    'Если копирование прервётся, Patroni не повторит его сам.',
  'While paused Patroni changes no roles: resume first.': 'На паузе Patroni не меняет роли: сначала снимите паузу.',
  'The change is taken up all the same.': 'Изменение всё равно будет применено.',
  'synchronous_mode_strict with {0} left to confirm': 'synchronous_mode_strict, подтверждать могут: {0}',
  'synchronous_mode_strict: nobody is left to confirm commits':
    'synchronous_mode_strict: подтверждать коммиты будет некому',
  'Every commit waits until {0} streams again.': 'Каждый коммит ждёт, пока снова начнёт получать WAL {0}.',
  'the old leader': 'прежний лидер',
  'Every commit waits until a standby streams again.':
    'Каждый коммит ждёт, пока какая-либо реплика снова начнёт получать WAL.',
  // checks/config.ts
  'The dynamic configuration has not been read': 'Динамическая конфигурация не прочитана',
  'What is not known is not changed.': 'Что неизвестно, то не меняют.',
  'configuration as it was read': 'конфигурация та же, что была прочитана',
  'configuration still at {0}': 'у конфигурации по-прежнему ревизия {0}',
  'read over REST': 'прочитано через REST',
  'revision {0}': 'ревизия {0}',
  'The configuration changed since the edit began': 'Конфигурация изменилась с начала правки',
  'Compare the two and merge, or the other change is lost.':
    'Сравните обе и объедините, иначе чужое изменение потеряется.',
  edited: 'правка',
  now: 'сейчас',
  'Nothing is changed': 'Ничего не изменено',
  'The text says what the configuration says already.': 'В тексте то же, что уже есть в конфигурации.',
  'the document': 'документ',
  'Saved like this it would not do what it says.': 'В таком виде сохранённое не будет делать того, что в нём написано.',
  code: 'код',
  '{0} changes': 'Меняется {0}',
  '{0} change': 'Меняются {0}',
  'Decides who leads, what is confirmed or which WAL is kept, or asks for a restart of every member.':
    'От этого зависит, кто лидер, что подтверждается или какой WAL хранится, либо нужен перезапуск каждого участника.',
  '{0} to take it up': 'применить должны: {0}',
  'Whether it takes it up cannot be seen.': 'Не видно, применит ли он это.',
  'Whether they take it up cannot be seen.': 'Не видно, применят ли они это.',
  'No end is set: nobody is reminded': 'Конец не задан: напоминания не будет',
  'Howdah resumes it in {0}': 'Howdah снимет паузу через {0}',
  'Howdah reminds in {0}': 'Howdah напомнит через {0}',
  'While paused nobody takes over by itself': 'На паузе роль лидера сама ни к кому не перейдёт',
  'If {0} fails, writes stop until a person acts. {1}.':
    'Если откажет {0}, записи не будет, пока не вмешается человек. {1}.',
  '{0} has no leader': 'В кластере {0} нет лидера',
  '{0} is not seen to lead': 'Не видно, что {0} — действующий лидер',
  'Paused now, Patroni elects nobody: it stays like this until a person acts.':
    'На паузе Patroni никого не выберет: так и останется, пока не вмешается человек.',
  '{0} has no healthy leader': 'В кластере {0} нет исправного лидера',
  'Patroni elects one as soon as it is resumed, by its own rules.':
    'После снятия паузы Patroni сразу выберет лидера по своим правилам.',
  'not known': 'неизвестно',
  'Patroni may elect {0}: refused': 'Patroni может выбрать {0}: отказ',
  'Patroni may elect {0}: {1}': 'Patroni может выбрать {0}: {1}',
  'Patroni does not check that. Stop its Patroni first, or fail over by hand.':
    'Patroni этого не проверяет. Сначала остановите там Patroni или выполните failover вручную.',
  '{0} does not run Patroni 4.1': 'Не Patroni 4.1: {0}',
  '{0} do not run Patroni 4.1': 'Не Patroni 4.1: {0}',
  'Earlier ones do not demote a cluster cleanly: WAL would be lost.':
    'Более ранние понижают кластер нечисто: WAL потеряется.',
  'of unknown version': 'неизвестной версии',
  'This is a Citus cluster': 'Это кластер Citus',
  'Patroni does not support it for Citus.': 'Для Citus Patroni этого не поддерживает.',
  '{0} is a standby cluster already': '{0} уже standby-кластер',
  '{0} is no standby cluster': '{0} — не standby-кластер',
  'There is nothing to promote.': 'Повышать нечего.',
  'The cluster stops accepting writes, for good': 'Кластер перестанет принимать запись насовсем',
  '{0} becomes a standby leader. Only a promote lets it write again.':
    '{0} становится standby leader. Вернуть запись можно только повышением кластера.',
  'Two clusters accept writes afterwards, unless the source has stopped':
    'После этого запись принимают два кластера, если источник не остановлен',
  'Howdah cannot see whether {0} still does. Demote it first.':
    'Howdah не видит, принимает ли её ещё {0}. Сначала понизьте его.',
  'the source': 'источник',
  // checks/dcs.ts
  'Local files are read again, but Patroni has other troubles now.':
    'Локальные файлы будут перечитаны, но сейчас у Patroni другие трудности.',
  'Patroni can neither read nor write what this needs. Bring etcd back first.':
    'Patroni не может ни прочитать, ни записать нужное для этого. Сначала восстановите etcd.',
  'etcd has quorum': 'в etcd есть кворум',
  'etcd {0} of {1}: one more loss and there is no quorum': 'etcd {0} из {1}: ещё одна потеря, и кворума не будет',
  'Without quorum nobody can take the leader key, and a primary demotes itself after the ttl.':
    'Без кворума никто не возьмёт ключ лидера, а primary понизит себя по истечении ttl.',
  'etcd {0} of {1} with quorum': 'etcd {0} из {1}, кворум есть',
  'etcd has never answered': 'etcd ещё ни разу не ответил',
  'etcd has not answered for {0}': 'etcd не отвечает уже {0}',
  etcd: 'etcd',
  'What stands in it, such as another request, is not known.':
    'Неизвестно, что в нём записано, например другой запрос.',
  'It cannot be sent: {0}.': 'Отправить нельзя: {0}.',
  'etcd raises the alarm NOSPACE: it takes no writes': 'etcd подал сигнал NOSPACE: он не принимает запись',
  'Nobody can write a key. Compact, defragment, disarm.':
    'Никто не может записать ключ. Нужны compact, defrag, disarm.',
  'etcd raises an alarm: {0}': 'etcd подал сигнал: {0}',
  'Look at etcd before changing Patroni.': 'Посмотрите на etcd, прежде чем что-то менять в Patroni.',
  'whom Patroni chooses': 'выбор Patroni',
  '/failover already asks for a failover to {0}': 'В /failover уже стоит запрос failover → {0}',
  '/failover already asks for a switchover from {0} to {1}': 'В /failover уже стоит запрос switchover {0} → {1}',
  'It is worked on as soon as Patroni runs unpaused.': 'Он будет исполнен, как только с Patroni снимут паузу.',
  'Patroni works on it now: wait for its end, a second request would replace it.':
    'Patroni сейчас его исполняет: дождитесь конца, второй запрос заменил бы его.',
  'There is nothing to cancel.': 'Отменять нечего.',
  'It is due in {0}': 'До него осталось {0}',
  'It is due': 'Его время наступило',
  'Within the last loop_wait Patroni already sleeps towards it: it may come all the same.':
    'В последний loop_wait Patroni уже ждёт этого момента: он всё равно может состояться.',
  'no scheduled event': 'ничего не запланировано',
  'A switchover to {0} is scheduled at {1}': 'Запланирован switchover → {0}: {1}',
  'A switchover from {0} to {1} is scheduled at {2}': 'Запланирован switchover {0} → {1}: {2}',
  'A switchover to {0} is scheduled in {1}': 'Запланирован switchover → {0}: через {1}',
  'A switchover from {0} to {1} is scheduled in {2}': 'Запланирован switchover {0} → {1}: через {2}',
  'A switchover to {0} is scheduled now': 'Запланирован switchover → {0}: прямо сейчас',
  'A switchover from {0} to {1} is scheduled now': 'Запланирован switchover {0} → {1}: прямо сейчас',
  scheduled_at: 'scheduled_at',
  'Patroni is about to act on it: wait for its end, or cancel it first.':
    'Patroni вот-вот начнёт: дождитесь конца или сначала отмените его.',
  'This request replaces it: it will not take place.': 'Этот запрос заменит его: тот не состоится.',
  'It does not take place while paused, and is dropped when it is late at resume.':
    'На паузе он не состоится, а если при снятии паузы его время прошло, будет отброшен.',
  'The switchover within the rolling restart replaces it.': 'Его заменит switchover внутри поочерёдного перезапуска.',
  '{0} is its candidate: it fails if the copy is not done by then.':
    '{0} — его кандидат: если копирование к тому времени не закончится, он не удастся.',
  'It stays.': 'Он остаётся.',
  'It stays and then means another kind of cluster.': 'Он остаётся и будет относиться уже к кластеру другого вида.',
  'It stays: a restart of the leader at that time collides with it.':
    'Он остаётся: перезапуск лидера в это время столкнётся с ним.',
  // checks/howdah.ts
  'The request cannot be sent like this.': 'В таком виде запрос отправить нельзя.',
  'This Howdah only watches': 'Этот Howdah только наблюдает',
  'Its configuration forbids every action: change readOnly, or act from another.':
    'Его конфигурация запрещает все действия: измените readOnly или действуйте из другого.',
  'the journal can be written': 'журнал доступен для записи',
  'The audit journal cannot be written': 'Журнал аудита недоступен для записи',
  'Nothing is sent that cannot be recorded first.': 'Что нельзя сначала записать в журнал, то не отправляется.',
  journal: 'журнал',
  'no other action': 'других действий нет',
  'Another action runs on {0}: {1} by {2}': 'В кластере {0} уже идёт действие: {1}, запустил {2}',
  'One action at a time: follow that one to its end.': 'Одно действие за раз: дождитесь конца того.',
  'requested {0} ago': 'запрошено {0} назад',
  'Not asked yet: what the leader is doing, whether another action runs, whether the journal can be written':
    'Ещё не спрошено: чем занят лидер, идёт ли другое действие, доступен ли журнал для записи',
  'Howdah asks its server and the leader before anything can be sent.':
    'Прежде чем что-то отправить, Howdah спросит свой сервер и лидера.',
  'What is shown is {0} old': 'Показанным данным {0}',
  'Decide on what is, not on what was: wait until the picture is live again.':
    'Решайте по тому, что есть, а не по тому, что было: подождите, пока данные снова станут свежими.',
  limit: 'предел',
  'It cannot be sent: {0}': 'Отправить нельзя: {0}',
  'Nothing is sent while it cannot be known whether it arrives.':
    'Ничего не отправляется, пока нельзя узнать, дойдёт ли оно.',
  "No user for Patroni's REST API is configured": 'Не задан пользователь для REST API Patroni',
  'Patroni takes this only over REST; an API that asks for a user refuses it, and nothing changes.':
    'Patroni принимает это только через REST; API, который требует пользователя, откажет, и ничего не изменится.',
  'An API that asks for a user refuses it, and nothing changes.':
    'API, который требует пользователя, откажет, и ничего не изменится.',
  'No DCS is configured: it goes over REST': 'DCS не настроена: запрос идёт через REST',
  'Howdah cannot read etcd: it goes over REST': 'Howdah не может прочитать etcd: запрос идёт через REST',
  'Patroni compares nothing on this way: a change made meanwhile by somebody else is not noticed.':
    'На этом пути Patroni ничего не сверяет: чужое изменение, сделанное за это время, останется незамеченным.',
  // checks/rights.ts
  "Howdah's server refuses it with the same words.": 'Сервер Howdah откажет теми же словами.',
  'Two persons decide this on {0}: approving runs it': 'Это решают двое ({0}): одобрение запускает действие',
  'The audit names both: who asked and who approved.': 'В аудите названы оба: кто попросил и кто одобрил.',
  'Done without the second person that is needed on {0}': 'Выполняется без второго человека, который здесь нужен ({0})',
  'It is recorded as breaking the glass, with the reason, and told to whoever is told of alerts.':
    'Это записывается как аварийный доступ, вместе с причиной, и сообщается всем, кто получает оповещения.',
  'Needs a second person on {0}': 'Нужен второй человек ({0})',
  'Ask for approval: it runs when somebody else approves it within {0}.':
    'Запросите одобрение: действие начнётся, когда его одобрит кто-то другой, срок {0}.',
  '{n} minutes': ['{n} минута', '{n} минуты', '{n} минут'],
};
