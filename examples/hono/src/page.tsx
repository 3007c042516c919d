import type { FC } from "hono/jsx";
import type { Link } from "./links";

export const Page: FC<{ links: Link[] }> = ({ links }) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <title>Short links</title>
    </head>
    <body>
      <h1>Short links</h1>
      <form method="post">
        <input name="url" type="url" required aria-label="Address" placeholder="https://example.com/" />
        <button>Shorten</button>
      </form>
      <ul>
        {links.map(({ slug, url, visits }) => (
          <li>
            <a href={`/${slug}`}>{slug}</a> to {url}, {visits} visits
          </li>
        ))}
      </ul>
    </body>
  </html>
);
