// The renderer and the editor in it make style elements as they go. What our script makes may apply; what somebody got into
// the page as text has no nonce, and may not.
{
  const nonce = document.querySelector('meta[property="csp-nonce"]').content;
  const createElement = document.createElement.bind(document);
  document.createElement = (name, options) => {
    const element = createElement(name, options);
    if (name === "style") element.nonce = nonce;
    return element;
  };
}
