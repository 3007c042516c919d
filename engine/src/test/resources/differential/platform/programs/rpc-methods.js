export default {
  "a method": (t) => t.thing().inc(),
};
