// Builds elements. Text goes in as text nodes only, so a name from a feed can never become markup.

type Child = Node | string | null;

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children.filter((child) => child !== null));
  return node;
}

export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const node = document.getElementById(id);
  if (node === null) throw new Error(`no element #${id}`);
  return node as T;
}

// Feeds write colours with and without "#"; anything that is no hex colour becomes grey.
export function safeColor(value: string | null | undefined): string {
  const digits = (value ?? "").replace(/^#/, "");
  return /^([0-9a-f]{3}|[0-9a-f]{6})$/i.test(digits) ? `#${digits}` : "#5b6675";
}

// Through the object model, because the content security policy forbids style attributes.
export function paint<T extends HTMLElement>(node: T, color: string): T {
  node.style.setProperty("--provider", color);
  return node;
}

export const wantsLessMotion = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;
