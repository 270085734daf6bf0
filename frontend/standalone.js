// Starts the page at its own URL. In the console the plugin's entry script does this instead.
import start, { mount } from '/{{servelens.js}}';

// What is said where the page's own words are out of reach, in the reader's language.
const SAID = {
  en: ['Servelens could not be loaded', 'See whether its server can be reached, then try again.', 'Try again'],
  es: ['No se pudo cargar Servelens', 'Compruebe si se puede llegar a su servidor e inténtelo de nuevo.', 'Reintentar'],
  fr: ['Servelens n’a pas pu être chargé', 'Vérifiez que son serveur est joignable, puis réessayez.', 'Réessayer'],
  ja: ['Servelens を読み込めませんでした', 'サーバーに接続できるか確認してから、もう一度お試しください。', '再試行'],
  ko: ['Servelens를 불러올 수 없습니다', '서버에 연결할 수 있는지 확인한 다음 다시 시도하세요.', '다시 시도'],
  zh: ['无法加载 Servelens', '请检查能否连接其服务器，然后重试。', '重试'],
};

/** The choice that the page keeps, then what the browser asks every site for. */
function said() {
  let chosen = [];
  try {
    chosen = [localStorage.getItem('servelens/language')];
  } catch {
    // A browser that forbids it: then its own languages alone.
  }
  const tags = [...chosen, ...(navigator.languages ?? [])].filter(Boolean).map((tag) => tag.slice(0, 2).toLowerCase());
  return SAID[tags.find((tag) => Object.hasOwn(SAID, tag))] ?? SAID.en;
}

const root = document.getElementById('servelens-standalone');

try {
  await start({ module_or_path: '/{{servelens_bg.wasm}}' });
  const path = location.pathname + location.search;
  mount(root, JSON.stringify({ host: 'standalone', base: '', path }));
} catch (fault) {
  console.error('Servelens could not be loaded.', fault);
  const [title, advice, retry] = said();
  const text = document.createElement('p');
  text.setAttribute('role', 'alert');
  text.append(`${title}: ${fault?.message ?? fault}. ${advice} `);
  const again = document.createElement('button');
  again.textContent = retry;
  again.addEventListener('click', () => location.reload());
  text.append(again);
  root.replaceChildren(text);
}
