// Russian for the door: sign-in, accounts, tokens, the second person.
import type { Catalogue } from '../translate';

export const ACCESS: Catalogue = {
  // Signing in.
  'sign in first': 'сначала войдите',
  'nobody has to sign in here': 'здесь вход не требуется',
  'there is no such route': 'такого маршрута нет',
  '{0} by token {1}': '{0} по токену {1}',
  '{0} signed in': '{0} вошёл',
  '{0} signed out': '{0} вышел',
  '{0} signed out everywhere': '{0} вышел везде',
  '{0} signed in by the OpenID provider': '{0} вошёл через провайдера OpenID',
  'a sign-in as {0} failed': 'попытка входа как {0} не удалась',
  '{0} is locked for {1} s after {2} wrong tries': '{0} заблокирован на {1} с после неверных попыток: {2}',
  'the break-glass account {0} signed in': 'вошла аварийная учётная запись {0}',
  'too many wrong tries; wait a little': 'слишком много неверных попыток; немного подождите',

  // Accounts.
  'this link is not known, used or expired': 'эта ссылка неизвестна, уже использована или истекла',
  '{0} set a password by the set-up link': '{0} задал пароль по ссылке настройки',
  '{0} made the first account, as admin of all clusters': '{0} создал первую учётную запись, admin на все кластеры',
  'there is an account already': 'учётная запись уже есть',
  'there is a user of this name already': 'пользователь с таким именем уже есть',
  'there is no such user': 'такого пользователя нет',
  '{0} added {1}: {2}': '{0} добавил {1}: {2}',
  '{0} changed {1}: {2}': '{0} изменил {1}: {2!}',
  '{0} signs in by the OpenID provider: password and roles come from there':
    '{0} входит через провайдера OpenID: пароль и роли приходят оттуда',
  'expected something to change': 'нужно указать, что изменить',
  '{0} is the last admin of all clusters': '{0} — последний admin на все кластеры',
  'the current password is another one': 'текущий пароль другой',
  '{0} changed the password': '{0} сменил пароль',
  'a second factor is set already; remove it first': 'второй фактор уже задан; сначала удалите его',
  'there is no second factor to confirm': 'нет второго фактора для подтверждения',
  'this is not the code of now; check the clock of the device': 'это не текущий код; проверьте часы устройства',
  '{0} set a second factor': '{0} задал второй фактор',
  'there is no second factor': 'второго фактора нет',
  '{0} removed the second factor': '{0} удалил второй фактор',
  'only who signed in with an account can do this': 'это может только тот, кто вошёл с учётной записью',
  'this account is kept by the OpenID provider': 'эту учётную запись ведёт провайдер OpenID',
  'this is the name of the break-glass account': 'это имя аварийной учётной записи',
  'no role': 'нет роли',
  'roles now {0}': 'роли теперь {0}',
  disabled: 'отключён',
  enabled: 'включён',
  'password reset': 'пароль сброшен',
  'second factor removed': 'второй фактор удалён',
  unlocked: 'разблокирован',
  'signed out everywhere': 'выход выполнен везде',
  'nothing was changed: {0}': 'ничего не изменено: {0}',

  // Passwords.
  'expected a password of at least {0} characters': 'нужен пароль не короче {0} символов',
  'expected a password of at most {0} characters': 'нужен пароль не длиннее {0} символов',
  'this password is in lists that are tried first; choose another':
    'этот пароль есть в списках, которые пробуют первыми; выберите другой',
  'this password has too few different characters': 'в этом пароле слишком мало разных символов',
  'expected a password that does not hold the name': 'пароль не должен содержать имя',

  // Tokens.
  'a token cannot make tokens': 'токен не может создавать токены',
  'a token needs an account it belongs to': 'токену нужна учётная запись, которой он принадлежит',
  '{0} made the token {1}: {2}': '{0} создал токен {1}: {2}',
  'there is no such token': 'такого токена нет',
  '{0} revoked the token {1} of {2}': '{0} отозвал токен {1}, владелец {2}',
  'you have {0} tokens; revoke one first': 'у вас токенов: {0}; сначала отзовите один',

  // The second person.
  'expected a reason of at least {0} characters to break the glass':
    'для аварийного доступа нужна причина не короче {0} символов',
  '{0} does without the second person: {1} on {2}; {3}': '{0} обходится без второго человека: {1} на {2}; {3=}',
  'only somebody with an account can ask for a second person':
    'просить второго человека может только тот, у кого есть учётная запись',
  'nobody has to sign in here: no second person is needed': 'здесь вход не требуется: второй человек не нужен',
  '{0} has no account any more': 'у {0} больше нет учётной записи',
  'no second person is needed for this on {0}': 'для этого на {0} второй человек не нужен',
  'expected a reason of {0} characters': 'нужна причина, символов: {0}',
  'It cannot be done now: {0}': 'Сейчас это сделать нельзя: {0}',
  '{0} requests wait on {1}': 'запросов ждёт на {1}: {0}',
  '{0} asks for a second person: {1}': '{0} просит второго человека: {1}',
  'only somebody who signed in can approve': 'подтверждать может только тот, кто вошёл',
  'you cannot approve your own': 'свой запрос подтвердить нельзя',
  '{0} approves what {1} asks: {2}': '{0} подтверждает запрос {1}: {2}',
  '{0} declines what {1} asks: {2}': '{0} отклоняет запрос {1}: {2}',
  'only {0} can withdraw it': 'отозвать его может только {0}',
  '{0} withdraws the request: {1}': '{0} отзывает запрос: {1}',
  'there is no such request': 'такого запроса нет',
  'this request waits': 'этот запрос ожидает',
  'this request was approved already': 'этот запрос уже подтверждён',
  'this request was declined': 'этот запрос отклонён',
  'this request was withdrawn': 'этот запрос отозван',
  'this request has expired': 'этот запрос истёк',
};
