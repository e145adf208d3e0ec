// The control API (docs/sandbox.md), one function a request.

class Refusal extends Error {
  // reason: words of the host program for people.
  constructor(slug, detail, reason = null) {
    super(detail);
    Object.assign(this, { slug, reason });
  }
}

async function call(path, body = null, init = {}) {
  let response;
  try {
    response = await fetch(`/sandbox/${path}`, {
      ...(body === null
        ? {}
        : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
      ...init,
    });
  } catch {
    throw new Refusal("no_network", "");
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw refusal(response.status, answer);
  return answer;
}

function refusal(status, answer) {
  return new Refusal(answer?.error ?? `http_${status}`, answer?.detail ?? "", answer?.reason);
}

export const api = {
  state: () => call("state"),
  messages: (person) => call(`people/${person}/messages`),
  addPerson: (fields) => call("people", fields),
  start: (person, payload) => call(`people/${person}/start`, payload ? { payload } : {}),
  send: (person, text, replyTo) => call(`people/${person}/send`, { text, ...(replyTo ? { reply_to: replyTo } : {}) }),
  tap: (person, messageId, row, col) => call(`people/${person}/tap`, { message_id: messageId, row, col }),
  block: (person) => call(`people/${person}/block`, {}),
  unblock: (person) => call(`people/${person}/unblock`, {}),
  forward: (person, messageId, to) => call(`people/${person}/forward`, { message_id: messageId, to }),
  read: (person) => call(`people/${person}/read`, {}),
  clock: (change) => call("clock", change),
  time: () => call("clock"),
  room: () => call("room"),
  beginAnew: () => call("room/restart", {}),
  file(person, kind, file, caption, replyTo) {
    const form = new FormData();
    if (caption) form.append("caption", caption);
    if (replyTo) form.append("reply_to", String(replyTo));
    form.append(kind, file, file.name);
    return call(`people/${person}/file`, null, { method: "POST", body: form });
  },
};
