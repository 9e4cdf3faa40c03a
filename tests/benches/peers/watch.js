// Put before the program of the Worker: remembers the memory of the newest instance, for whoever measures it.
{
  const remember = ({ exports }) => {
    globalThis.watchedMemory = exports.memory;
  };
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const original = WebAssembly[name];
    WebAssembly[name] = async (...all) => {
      const made = await original.apply(WebAssembly, all);
      remember(made.instance ?? made);
      return made;
    };
  }
  // A worn program is renewed by this.
  WebAssembly.Instance = class extends WebAssembly.Instance {
    constructor(...all) {
      super(...all);
      remember(this);
    }
  };
}
