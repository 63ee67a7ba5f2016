// The renderer and its editor create style elements while they run. Those get the nonce, so the browser applies them. A
// style element that somebody injects as text has no nonce and is blocked.
{
  const nonce = document.querySelector('meta[property="csp-nonce"]').content;
  const createElement = document.createElement.bind(document);
  document.createElement = (name, options) => {
    const element = createElement(name, options);
    if (name === "style") element.nonce = nonce;
    return element;
  };
}
