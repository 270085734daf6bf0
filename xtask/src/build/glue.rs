//! Makes the seam between module and glue small. wasm-bindgen names each imported function in full and with a hash, once in
//! the module and once in the glue; no compression makes hashes smaller, and together they are 5 KiB of the first page.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use walrus::Module;

/// Module and glue with short names for what the one asks of the other, and the glue without comments and indentation.
pub fn shorten(module: &[u8], glue: &str) -> Result<(Vec<u8>, String)> {
    let mut module = Module::from_buffer(module)?;
    let mut names = BTreeMap::new();
    for import in module.imports.iter_mut().filter(|import| is_hashed(&import.name)) {
        let short = format!("i{}", names.len());
        let short = names.entry(import.name.clone()).or_insert(short);
        import.name.clone_from(short);
    }
    Ok((module.emit_wasm(), bare(&renamed(glue, &names)?)?))
}

/// `__wbg_warn_0123456789abcdef`
fn is_hashed(name: &str) -> bool {
    name.rsplit_once('_')
        .is_some_and(|(_, hash)| hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Whole words only: a name may be the beginning of another.
fn renamed(glue: &str, names: &BTreeMap<String, String>) -> Result<String> {
    let in_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let mut out = String::with_capacity(glue.len());
    let mut found = BTreeMap::new();
    let mut rest = glue;
    while !rest.is_empty() {
        let word = rest.find(|c| !in_word(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(word);
        match names.get_key_value(word) {
            Some((name, short)) => {
                found.insert(name, ());
                out.push_str(short);
            }
            None => out.push_str(word),
        }
        let between = after.find(in_word).unwrap_or(after.len());
        let (between, after) = after.split_at(between);
        out.push_str(between);
        rest = after;
    }
    match names.keys().find(|name| !found.contains_key(name)) {
        Some(lost) => bail!("the glue does not offer {lost}: wasm-bindgen has changed how it names imports"),
        None => Ok(out),
    }
}

/// Without comments that have lines of their own, and without indentation.
fn bare(glue: &str) -> Result<String> {
    let mut out = String::with_capacity(glue.len());
    let mut comment = false;
    for line in glue.lines().map(str::trim) {
        if comment || line.starts_with("/*") {
            if line.contains("*/") && !line.ends_with("*/") {
                bail!("the glue has code behind a comment: {line}");
            }
            comment = !line.ends_with("*/");
        } else if !line.is_empty() && !line.starts_with("//") {
            if line.matches('`').count() % 2 == 1 {
                bail!("the glue has a text over several lines, which indentation is a part of: {line}");
            }
            out.push_str(line);
            out.push('\n');
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[(&str, &str)]) -> BTreeMap<String, String> {
        let owned = names
            .iter()
            .map(|(name, short)| ((*name).to_owned(), (*short).to_owned()));
        owned.collect()
    }

    #[test]
    fn only_names_with_a_hash_are_shortened() {
        assert!(is_hashed("__wbg_warn_0123456789abcdef"));
        for name in [
            "__wbindgen_object_drop_ref",
            "__wbg_handle_free",
            "__wbg_x_0123456789abcdeg",
        ] {
            assert!(!is_hashed(name), "{name}");
        }
    }

    #[test]
    fn whole_words_are_renamed_and_a_lost_one_is_told() -> Result<()> {
        let known = names(&[("__wbg_a_1", "i0"), ("__wbg_a_12", "i1")]);
        let got = renamed("{ __wbg_a_1: f, __wbg_a_12: g, x__wbg_a_1: h }", &known)?;
        assert_eq!(got, "{ i0: f, i1: g, x__wbg_a_1: h }");
        let fault = renamed("{ __wbg_a_1: f }", &known).map_err(|fault| fault.to_string());
        assert!(fault.is_err_and(|fault| fault.contains("__wbg_a_12")));
        Ok(())
    }

    #[test]
    fn comments_and_indentation_go_and_the_code_stays() -> Result<()> {
        let glue =
            "/**\n * What `it` is.\n */\nexport function f() {\n    // why\n    return 'a // b';\n}\n\n/* c */\nf();\n";
        assert_eq!(bare(glue)?, "export function f() {\nreturn 'a // b';\n}\nf();\n");
        assert!(bare("const a = `one\n  two`;\n").is_err());
        Ok(())
    }
}
