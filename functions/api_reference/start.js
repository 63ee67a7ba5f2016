// Starts the renderer. It contacts no other host, stores no key, and shows snippets for common tools only.
const { api, key } = document.currentScript.dataset;

Scalar.createApiReference("#reference", {
  url: `${api}/openapi.json`,
  // The renderer puts this before the paths: with the description's own "/" there would be two slashes.
  servers: [{ url: location.origin + api }],
  withDefaultFonts: false,
  telemetry: false,
  persistAuth: false,
  authentication: {
    preferredSecurityScheme: "ApiKey",
    securitySchemes: { ApiKey: { value: key } },
  },
  // In the order of the API's models, and all visible: there is one operation, and people come for its fields.
  orderSchemaPropertiesBy: "preserve",
  orderRequiredPropertiesFirst: false,
  maxVisibleRequestBodyProperties: 0,
  expandAllSchemaProperties: true,
  // The placeholder of a key looks like a key.
  customCss: "input::placeholder { opacity: 0 }",
  hideClientButton: true,
  showDeveloperTools: "never",
  agent: { disabled: true },
  mcp: { disabled: true },
  documentDownloadType: "json",
  defaultOpenAllTags: true,
  defaultHttpClient: { targetKey: "shell", clientKey: "curl" },
  // The renderer shows one client of each of these languages first, and not the one that most people use.
  hiddenClients: {
    c: true,
    clojure: true,
    csharp: true,
    dart: true,
    fsharp: true,
    go: true,
    http: true,
    java: true,
    js: ["axios", "jquery", "ofetch", "xhr"],
    kotlin: true,
    node: ["axios", "fetch", "ofetch"],
    objc: true,
    ocaml: true,
    php: ["curl"],
    powershell: true,
    python: ["aiohttp", "httpx_async", "httpx_sync"],
    r: true,
    ruby: true,
    rust: true,
    shell: ["httpie", "wget"],
    swift: true,
  },
});
document.querySelector("#loading").remove();
