// The only script that is in the page as text: unpacks the modules and lets them import each other
// by name, through an import map of data: addresses. Then main.js takes over.
(async () => {
  try {
    const element = document.getElementById("data-scripts");
    const packed = Uint8Array.from(atob(element?.textContent?.trim() ?? ""), (one) => one.charCodeAt(0));
    const plain = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    /** @type {Record<string, string>} */
    const texts = await new Response(plain).json();
    /** @type {Record<string, string>} */
    const imports = {};
    for (const [name, text] of Object.entries(texts)) {
      imports[name] = `data:text/javascript;charset=utf-8,${encodeURIComponent(text)}`;
    }
    const map = document.createElement("script");
    map.type = "importmap";
    map.nonce = document.currentScript?.nonce ?? element?.nonce ?? "";
    // The page allows this one policy and no second: nothing else can turn text into a script.
    const policy = /** @type {any} */ (window).trustedTypes?.createPolicy("loopscope", {
      createScript: (/** @type {string} */ text) => text,
    });
    const json = JSON.stringify({ imports });
    map.textContent = policy ? policy.createScript(json) : json;
    document.head.append(map);
    const main = "main.js";
    await import(main);
  } catch (error) {
    document.documentElement.dataset.state = "failed";
    const status = document.getElementById("status");
    if (status) status.textContent = `This report needs a newer browser (of 2023 or later): ${error}`;
  }
})();
