"""What each «alarm …» of the log means to the person who runs the service, and what to do (docs/operation.md)."""

from services.i18n import N_

STUMBLED = N_("A part of the service stumbled and began anew. If it repeats, tell the developers.")
TOKEN = N_(
    "Telegram doesn't accept the bot's token. Take a new one from @BotFather, put it into BOT_TOKEN and restart the "
    "service. Until then nothing is sent."
)
NOT_DONE = N_(
    "What somebody tapped could not be carried out; they were told so. Tell the developers the number and the place "
    "in the log."
)

WORDS = {
    "token_refused": TOKEN,
    "bot_refused": TOKEN,
    "storage_down": N_(
        "The base takes nothing in: what people tap waits. Look at the disk and the database server; the service goes "
        "on by itself."
    ),
    "nothing_stored": N_(
        "The base takes no writes: the disk is full, or somebody else holds it. New taps wait at Telegram; the service "
        "goes on by itself."
    ),
    "base_unreachable": N_("The base doesn't answer this machine. Look at the database server and the network."),
    "nobody_runs": N_(
        "Nobody runs the bot, and this machine can't take it over. Look at the base: does it let write? "
        "./zvonok doctor says more."
    ),
    "standby_missing": N_(
        "The base's standby is gone, and every entry waits for it. Start it, or let the base go on without it: "
        "docs/deployment.md."
    ),
    "no_backup": N_("There is no fresh backup. ./zvonok backup makes one now, or says what hinders it."),
    "backup_failed": N_(
        "The nightly backup didn't succeed; it is tried again every ten minutes. Look at the room and the rights of "
        "BACKUP_DIR; ./zvonok backup says the reason."
    ),
    "disk_full": N_("The disk is nearly full. Make room: a full disk stops the service."),
    "clock_off": N_(
        "This machine's clock and the database's differ. Switch on time synchronisation (NTP) on both machines."
    ),
    "ticks_stand": N_("Reminders and evening letters have stopped being prepared. Look at the log and the base."),
    "update_dead": NOT_DONE,
    "updates_dead": NOT_DONE,
    "letter_dead": N_("A letter can't be sent; its family stands on the homeroom teacher's list."),
    "letter_not_composed": N_("A letter can't be made; its news wait. Tell the developers their numbers."),
    "item_lost": N_("The promise of delivery was broken. Look: ./zvonok delivery status, and tell the developers."),
    "unreached_and_nobody_to_tell": N_(
        "News didn't arrive, and the class has nobody to be told of it. Appoint a homeroom teacher."
    ),
    "mail_refused": N_("The mail server refuses us: check SMTP_URL and MAIL_FROM. It is tried every five minutes."),
    "owner_lost": N_(
        "Another process took the bot over, or the base was silent for too long. If that wasn't intended: do two "
        "services run?"
    ),
    "serves_no_school": N_(
        "This bot serves no school: those of the base are another bot's. ./zvonok school list shows whose, "
        "./zvonok school take gives one to this bot."
    ),
    "owner_failed": STUMBLED,
    "postman_failed": STUMBLED,
    "polling_failed": STUMBLED,
    "inbox_failed": STUMBLED,
    "tick_failed": STUMBLED,
    "task_failed": STUMBLED,
}
