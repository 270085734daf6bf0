// Starts the page at its own URL. In the console the plugin's entry script does this instead.
import start, { mount } from '/{{servelens.js}}';

const root = document.getElementById('servelens-standalone');

try {
  await start({ module_or_path: '/{{servelens_bg.wasm}}' });
  const path = location.pathname + location.search;
  mount(root, JSON.stringify({ host: 'standalone', base: '', path, namespace: null }));
} catch (fault) {
  console.error('Servelens could not be loaded.', fault);
  const text = document.createElement('p');
  text.setAttribute('role', 'alert');
  text.append(`Servelens could not be loaded: ${fault?.message ?? fault}. See whether its server can be reached, then try again. `);
  const again = document.createElement('button');
  again.textContent = 'Try again';
  again.addEventListener('click', () => location.reload());
  text.append(again);
  root.replaceChildren(text);
}
