import { useEffect, useState } from 'react';

/** As the console's AsyncComponent: asks once for each mounting, shows nothing until then. */
export function Async({ loader, ...props }) {
  const [loaded, setLoaded] = useState(null);
  useEffect(() => {
    let live = true;
    loader().then(
      (Component) => live && setLoaded(() => Component),
      (fault) => live && setLoaded(() => () => <p role="alert">{String(fault)}</p>),
    );
    return () => {
      live = false;
    };
  }, [loader]);
  const Component = loaded;
  return Component ? <Component {...props} /> : null;
}
