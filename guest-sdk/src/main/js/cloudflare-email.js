/** The module that apps import as `cloudflare:email`. Mail can be written; nothing here sends it. */

/** A message with its envelope: who sends it, who gets it. */
export class EmailMessage {
  #from;
  #to;
  #raw;

  constructor(from, to, raw) {
    this.#from = "" + from;
    this.#to = "" + to;
    this.#raw = raw;
  }

  get from() {
    return this.#from;
  }

  get to() {
    return this.#to;
  }

  get raw() {
    return this.#raw;
  }
}
