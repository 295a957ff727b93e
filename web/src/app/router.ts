// From a path to a page's parameters.

// undefined: the pattern does not fit. A slash at the end makes no difference.
export function matchPath(pattern: string, path: string): Readonly<Record<string, string>> | undefined {
  const wanted = splitPath(pattern);
  const given = splitPath(path);
  if (wanted.length !== given.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = decodePart(given[index] ?? '');
    if (part.startsWith(':')) parameters[part.slice(1)] = value;
    else if (part !== value) return undefined;
  }
  return parameters;
}

function splitPath(path: string): readonly string[] {
  return path.split('/').filter((part) => part !== '');
}

// A path that is not valid percent-encoding stands for itself.
function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
