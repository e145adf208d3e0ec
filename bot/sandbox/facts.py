"""Facts of the Bot API: parameters of the methods that the sandbox serves, and the names of all others.

Origin: Telegram Bot API 10.3 (2026-08-24) as described in the schema of aiogram 3.31.0 (MIT,
Copyright (c) 2017 - present Alex Root Junior), derived from core.telegram.org/bots/api.
A line is `name type`, `!` marks a required parameter; types as the Bot API names them, `|` between alternatives.
"""

from __future__ import annotations

from dataclasses import dataclass

_TABLE = """
getMe
getUpdates
  offset Integer
  limit Integer
  timeout Integer
  allowed_updates Array_of_String
setWebhook
  url String !
  certificate InputFile
  ip_address String
  max_connections Integer
  allowed_updates Array_of_String
  drop_pending_updates Boolean
  secret_token String
deleteWebhook
  drop_pending_updates Boolean
getWebhookInfo
sendMessage
  business_connection_id String
  chat_id Integer|String !
  message_thread_id Integer
  direct_messages_topic_id Integer
  ephemeral_message_parameters EphemeralMessageParameters
  text String !
  parse_mode String
  entities Array_of_MessageEntity
  link_preview_options LinkPreviewOptions
  disable_notification Boolean
  protect_content Boolean
  allow_paid_broadcast Boolean
  message_effect_id String
  suggested_post_parameters SuggestedPostParameters
  reply_parameters ReplyParameters
  reply_markup InlineKeyboardMarkup|ReplyKeyboardMarkup|ReplyKeyboardRemove|ForceReply
editMessageText
  business_connection_id String
  chat_id Integer|String
  message_id Integer
  inline_message_id String
  text String
  parse_mode String
  entities Array_of_MessageEntity
  link_preview_options LinkPreviewOptions
  rich_message InputRichMessage
  reply_markup InlineKeyboardMarkup
editMessageReplyMarkup
  business_connection_id String
  chat_id Integer|String
  message_id Integer
  inline_message_id String
  reply_markup InlineKeyboardMarkup
deleteMessage
  chat_id Integer|String !
  message_id Integer !
answerCallbackQuery
  callback_query_id String !
  text String
  show_alert Boolean
  url String
  cache_time Integer
sendDocument
  business_connection_id String
  chat_id Integer|String !
  message_thread_id Integer
  direct_messages_topic_id Integer
  ephemeral_message_parameters EphemeralMessageParameters
  document InputFile|String !
  thumbnail InputFile|String
  caption String
  parse_mode String
  caption_entities Array_of_MessageEntity
  disable_content_type_detection Boolean
  disable_notification Boolean
  protect_content Boolean
  allow_paid_broadcast Boolean
  message_effect_id String
  suggested_post_parameters SuggestedPostParameters
  reply_parameters ReplyParameters
  reply_markup InlineKeyboardMarkup|ReplyKeyboardMarkup|ReplyKeyboardRemove|ForceReply
sendPhoto
  business_connection_id String
  chat_id Integer|String !
  message_thread_id Integer
  direct_messages_topic_id Integer
  ephemeral_message_parameters EphemeralMessageParameters
  photo InputFile|String !
  caption String
  parse_mode String
  caption_entities Array_of_MessageEntity
  show_caption_above_media Boolean
  has_spoiler Boolean
  disable_notification Boolean
  protect_content Boolean
  allow_paid_broadcast Boolean
  message_effect_id String
  suggested_post_parameters SuggestedPostParameters
  reply_parameters ReplyParameters
  reply_markup InlineKeyboardMarkup|ReplyKeyboardMarkup|ReplyKeyboardRemove|ForceReply
getFile
  file_id String !
sendChatAction
  business_connection_id String
  chat_id Integer|String !
  message_thread_id Integer
  action String !
setMyCommands
  commands Array_of_BotCommand !
  scope BotCommandScope
  language_code String
getMyCommands
  scope BotCommandScope
  language_code String
deleteMyCommands
  scope BotCommandScope
  language_code String
setChatMenuButton
  chat_id Integer
  menu_button MenuButton
copyMessage
  chat_id Integer|String !
  message_thread_id Integer
  direct_messages_topic_id Integer
  from_chat_id Integer|String !
  message_id Integer !
  video_start_timestamp Integer
  caption String
  parse_mode String
  caption_entities Array_of_MessageEntity
  show_caption_above_media Boolean
  disable_notification Boolean
  protect_content Boolean
  allow_paid_broadcast Boolean
  message_effect_id String
  suggested_post_parameters SuggestedPostParameters
  reply_parameters ReplyParameters
  reply_markup InlineKeyboardMarkup|ReplyKeyboardMarkup|ReplyKeyboardRemove|ForceReply
forwardMessage
  chat_id Integer|String !
  message_thread_id Integer
  direct_messages_topic_id Integer
  from_chat_id Integer|String !
  video_start_timestamp Integer
  disable_notification Boolean
  protect_content Boolean
  message_effect_id String
  suggested_post_parameters SuggestedPostParameters
  message_id Integer !
deleteMessages
  chat_id Integer|String !
  message_ids Array_of_Integer !
copyMessages
  chat_id Integer|String !
  message_thread_id Integer
  direct_messages_topic_id Integer
  from_chat_id Integer|String !
  message_ids Array_of_Integer !
  disable_notification Boolean
  protect_content Boolean
  remove_caption Boolean
forwardMessages
  chat_id Integer|String !
  message_thread_id Integer
  direct_messages_topic_id Integer
  from_chat_id Integer|String !
  message_ids Array_of_Integer !
  disable_notification Boolean
  protect_content Boolean
editMessageCaption
  business_connection_id String
  chat_id Integer|String
  message_id Integer
  inline_message_id String
  caption String
  parse_mode String
  caption_entities Array_of_MessageEntity
  show_caption_above_media Boolean
  reply_markup InlineKeyboardMarkup
editMessageMedia
  business_connection_id String
  chat_id Integer|String
  message_id Integer
  inline_message_id String
  media InputMedia !
  reply_markup InlineKeyboardMarkup
sendMediaGroup
  business_connection_id String
  chat_id Integer|String !
  message_thread_id Integer
  direct_messages_topic_id Integer
  media Array_of_InputMediaAudio|Array_of_InputMediaDocument|Array_of_InputMediaLivePhoto|Array_of_InputMediaPhoto|Array_of_InputMediaVideo !
  disable_notification Boolean
  protect_content Boolean
  allow_paid_broadcast Boolean
  message_effect_id String
  reply_parameters ReplyParameters
getChatMenuButton
  chat_id Integer
"""  # noqa: E501 - one line a parameter

_OTHERS = """
    addStickerToSet answerChatJoinRequestQuery answerGuestQuery answerInlineQuery answerPreCheckoutQuery
    answerShippingQuery answerWebAppQuery approveChatJoinRequest approveSuggestedPost banChatMember
    banChatSenderChat close closeForumTopic closeGeneralForumTopic convertGiftToStars createChatInviteLink
    createChatSubscriptionInviteLink createForumTopic createInvoiceLink createNewStickerSet declineChatJoinRequest
    declineSuggestedPost deleteAllMessageReactions deleteBusinessMessages deleteChatPhoto deleteChatStickerSet
    deleteEphemeralMessage deleteForumTopic deleteMessageReaction deleteStickerFromSet deleteStickerSet deleteStory
    editChatInviteLink editChatSubscriptionInviteLink editEphemeralMessageCaption editEphemeralMessageMedia
    editEphemeralMessageReplyMarkup editEphemeralMessageText editForumTopic editGeneralForumTopic
    editMessageChecklist editMessageLiveLocation editStory editUserStarSubscription exportChatInviteLink
    getAvailableGifts getBusinessAccountGifts getBusinessAccountStarBalance getBusinessConnection getChat
    getChatAdministrators getChatGifts getChatMember getChatMemberCount getCustomEmojiStickers
    getForumTopicIconStickers getGameHighScores getManagedBotAccessSettings getManagedBotToken
    getMyDefaultAdministratorRights getMyDescription getMyName getMyShortDescription getMyStarBalance
    getStarTransactions getStickerSet getUserChatBoosts getUserGifts getUserPersonalChatMessages
    getUserProfileAudios getUserProfilePhotos giftPremiumSubscription hideGeneralForumTopic leaveChat logOut
    pinChatMessage postStory promoteChatMember readBusinessMessage refundStarPayment
    removeBusinessAccountProfilePhoto removeChatVerification removeMyProfilePhoto removeUserVerification
    reopenForumTopic reopenGeneralForumTopic replaceManagedBotToken replaceStickerInSet repostStory
    restrictChatMember revokeChatInviteLink savePreparedInlineMessage savePreparedKeyboardButton sendAnimation
    sendAudio sendChatJoinRequestWebApp sendChecklist sendContact sendDice sendGame sendGift sendInvoice
    sendLivePhoto sendLocation sendMessageDraft sendPaidMedia sendPoll sendRichMessage sendRichMessageDraft
    sendSticker sendVenue sendVideo sendVideoNote sendVoice setBusinessAccountBio setBusinessAccountGiftSettings
    setBusinessAccountName setBusinessAccountProfilePhoto setBusinessAccountUsername setChatAdministratorCustomTitle
    setChatDescription setChatMemberTag setChatPermissions setChatPhoto setChatStickerSet setChatTitle
    setCustomEmojiStickerSetThumbnail setGameScore setManagedBotAccessSettings setMessageReaction
    setMyDefaultAdministratorRights setMyDescription setMyName setMyProfilePhoto setMyShortDescription
    setPassportDataErrors setStickerEmojiList setStickerKeywords setStickerMaskPosition setStickerPositionInSet
    setStickerSetThumbnail setStickerSetTitle setUserEmojiStatus stopMessageLiveLocation stopPoll
    transferBusinessAccountStars transferGift unbanChatMember unbanChatSenderChat unhideGeneralForumTopic
    unpinAllChatMessages unpinAllForumTopicMessages unpinAllGeneralForumTopicMessages unpinChatMessage upgradeGift
    uploadStickerFile verifyChat verifyUser
"""


@dataclass(frozen=True)
class Parameter:
    """One parameter of a method."""

    name: str
    types: tuple[str, ...]
    required: bool


def _read(table: str) -> dict[str, dict[str, Parameter]]:
    methods: dict[str, dict[str, Parameter]] = {}
    for line in table.strip().splitlines():
        if not line.startswith(" "):
            method = methods.setdefault(line, {})
            continue
        name, types, *required = line.split()
        method[name] = Parameter(name, tuple(types.split("|")), bool(required))
    return methods


METHODS = _read(_TABLE)
OTHER_METHODS = frozenset(_OTHERS.split())
