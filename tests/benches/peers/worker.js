// The inside of a browser's Worker for one contestant in JavaScript: requests come in as messages, answers go out.

const name = new URL(self.location.href).searchParams.get("contestant");

async function tensorflow(backend) {
  // The libraries' own bundles for browsers: they are no modules.
  self.importScripts("/packages/@tensorflow/tfjs/dist/tf.es2017.min.js");
  const { tf } = self;
  if (backend === "wasm") {
    self.importScripts("/packages/@tensorflow/tfjs-backend-wasm/dist/tf-backend-wasm.es2017.min.js");
    tf.wasm.setWasmPaths("/packages/@tensorflow/tfjs-backend-wasm/dist/");
    tf.wasm.setThreadsCount(1);
  }
  await tf.setBackend(backend);
  await tf.ready();
  return tf;
}

async function begin() {
  const { CONTESTANTS, Contestant } = await import("./javascript.js");
  const backend = CONTESTANTS[name];
  return new Contestant(name, backend ? await tensorflow(backend) : null);
}

const contestant = begin();

self.onmessage = async ({ data }) => {
  try {
    const task = data.do === "load" ? await (await fetch(`/task/task.json?${Math.random()}`)).json() : undefined;
    self.postMessage((await contestant).obey(data, task));
  } catch (error) {
    self.postMessage({ error: String(error).slice(0, 300) });
  }
};
