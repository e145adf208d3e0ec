// Every word of the page. It is a tool of its own, so it speaks one language.

export const T = {
  sandbox: "песочница",
  title: (bot) => `${bot} — песочница`,
  opening: "Открываю…",
  toPhones: "К телефонам",
  nobody: "Здесь пока нет ни одного телефона.",
  nobodyShown: "Все телефоны скрыты.",

  lost: "Связь потеряна. Пробую соединиться снова…",
  back: "Связь восстановлена.",

  // Why something was not taken, by the slug of the control API; `otherwise` for the rest.
  refusals: {
    no_network: "Нет связи. Попробуйте ещё раз.",
    no_such_person: "Этого телефона больше нет.",
    no_such_message: "Этого сообщения уже нет.",
    no_such_button: "Эта кнопка уже изменилась.",
    not_started: "Сначала нажмите «Начать».",
    blocked: "Вы заблокировали бота.",
    deactivated: "Этот аккаунт удалён.",
    protected: "Бот запретил пересылать это сообщение.",
    bad_request: "Так не получится: проверьте текст или файл.",
    bad_clock: "Часы так не переводятся.",
    no_clock: "Эти часы не переводятся.",
    no_restart: "Сейчас начать заново нельзя. Подождите немного.",
    http_413: "Файл слишком большой.",
    otherwise: "Не получилось. Попробуйте ещё раз.",
  },

  clock: {
    label: "Время в песочнице",
    move: "Перевести время",
    tomorrow: (time) => `завтра ${time}`,
    five: "+5 мин",
    hour: "+1 ч",
    set: "Другое…",
    setTitle: "Задать время",
    apply: "Перевести",
    moved: (time) => `Сейчас ${time}`,
  },

  tour: {
    label: "Экскурсия",
    open: "Экскурсия",
    progress: "Пройдено",
    step: (number, count) => `Шаг ${number} из ${count}`,
    over: "Экскурсия пройдена",
    show: "Показать, где",
    skip: "Пропустить",
    leave: "Закрыть экскурсию",
    write: "Вписать в телефон",
  },

  people: {
    button: "Телефоны",
    some: (shown, all) => `Телефоны: ${shown} из ${all}`,
    chosen: (shown, all) => `Кого показывать: сейчас ${shown} из ${all}`,
    title: "Кто на экране",
    show: (name) => `Показывать телефон: ${name}`,
    up: (name) => `Раньше: ${name}`,
    down: (name) => `Позже: ${name}`,
    addTitle: "Добавить человека",
    name: "Имя и фамилия",
    label: "Кто это",
    labelHint: "например, мама Пети",
    add: "Добавить",
    added: (name) => `Добавлен телефон: ${name}`,
    showAll: "Показать все",
    switcher: "Телефоны",
    previous: "К предыдущим телефонам",
    next: "К следующим телефонам",
    unread: (count) => `непрочитанных: ${count}`,
  },

  theme: {
    auto: "Оформление: как в системе",
    light: "Оформление: светлое",
    dark: "Оформление: тёмное",
  },

  phone: {
    of: (name) => `Телефон: ${name}`,
    menu: (name) => `Что сделать с телефоном: ${name}`,
    block: "Заблокировать бота",
    unblock: "Разблокировать бота",
    restart: "Отправить /start",
    earlier: "Переставить левее",
    later: "Переставить правее",
    hide: "Скрыть телефон",
    blocked: "Вы заблокировали бота",
    blockedMark: "бот заблокирован",
    deactivated: "Этот аккаунт удалён",
    log: (name) => `Переписка: ${name}`,
  },

  bot: {
    noName: "Бот",
    bot: "бот",
    silent: "ещё не на связи",
    typing: "печатает…",
    actions: {
      upload_document: "отправляет файл…",
      upload_photo: "отправляет фото…",
      record_voice: "записывает голос…",
      upload_voice: "отправляет голос…",
    },
  },

  chat: {
    empty: "Здесь будет переписка с ботом.",
    emptyHint: "Нажмите «Начать» или вставьте ссылку-приглашение.",
    loading: "Загружаю переписку…",
    failed: "Переписка не загрузилась.",
    again: "Повторить",
    earlier: (count) => `Показать более ранние (${count})`,
    jump: "К последним сообщениям",
    said: (name, text) => `${name}. ${text}`,
    newMessages: (count) => plural(count, "новое сообщение", "новых сообщения", "новых сообщений"),
    today: "Сегодня",
    yesterday: "Вчера",
  },

  message: {
    edited: "изм.",
    silent: "Без звука",
    sent: "Отправлено",
    taken: "Получено ботом",
    forwarded: (name) => `Переслано от: ${name}`,
    fromFriend: "Сообщение от знакомого",
    you: "Вы",
    friend: "Знакомый",
    menu: "Действия с сообщением",
    keys: "Кнопки",
    reply: "Ответить",
    forward: "Переслать…",
    copy: "Копировать текст",
    download: "Скачать",
    openPhoto: "Открыть изображение",
    file: "Файл",
    spoiler: "Скрытый текст, нажмите, чтобы прочитать",
    copyCode: "Нажмите, чтобы скопировать",
    copied: "Скопировано",
    gone: "Этого сообщения уже нет.",
    expired: "Бот не ответил на нажатие.",
    opensLink: "откроется в новой вкладке",
  },

  forward: {
    title: "Кому переслать",
    toBot: "Боту",
    done: (name) => `Переслано: ${name}`,
  },

  composer: {
    placeholder: "Сообщение",
    placeholderStart: "Сообщение или ссылка",
    send: "Отправить",
    attach: "Прикрепить файл",
    commands: "Команды",
    keyboard: "Показать кнопки",
    hideKeyboard: "Скрыть кнопки",
    start: "Начать",
    startLink: "Это приглашение к боту",
    startLinkHint: "Нажмите «Начать», и бот узнает, по какой ссылке вы пришли.",
    unblock: "Разблокировать",
    asFile: "Отправить как файл",
    replyTo: (name) => `Ответ: ${name}`,
    drop: "Отпустите файл, чтобы прикрепить",
  },

  ok: "ОК",
  cancel: "Отмена",
  close: "Закрыть",
  open: "Открыть",
};

function plural(count, one, few, many) {
  const tens = count % 100;
  const units = count % 10;
  const word = tens > 10 && tens < 15 ? many : units === 1 ? one : units > 1 && units < 5 ? few : many;
  return `${count} ${word}`;
}

// What to say to a person of a refusal: the host's own words if it gave any, else ours.
export function saying(refusal) {
  return refusal.reason ?? T.refusals[refusal.slug] ?? T.refusals.otherwise;
}

const UNITS = ["Б", "КБ", "МБ", "ГБ"];

export function fileSize(bytes) {
  let unit = 0;
  let size = bytes;
  while (size >= 1024 && unit < UNITS.length - 1) {
    size /= 1024;
    unit += 1;
  }
  const digits = unit > 0 && size < 10 ? 1 : 0;
  return `${size.toLocaleString("ru-RU", { maximumFractionDigits: digits })} ${UNITS[unit]}`;
}
