/** JSON that no editor and no encoding changes, and no second run: workerd numbers its internal errors at random. */
export function ascii(value) {
  return JSON.stringify(value).replace(/reference = \w+/g, "reference = (random)").replace(/[\u007f-\uffff]/g, (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));
}
