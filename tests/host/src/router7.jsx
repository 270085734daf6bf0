// The router of consoles from 4.22 on.
import { BrowserRouter, Link, Route, Routes, useLocation, useNavigate } from 'react-router';

export { BrowserRouter as Router, Link, useLocation, useNavigate as useGo };

export function Pages({ routes, fallback: Fallback }) {
  return (
    <Routes>
      {routes.map(({ path, exact, Component }) => (
        <Route key={path} path={exact ? path : `${path.replace(/\/$/, '')}/*`} element={<Component />} />
      ))}
      <Route path="*" element={<Fallback />} />
    </Routes>
  );
}
