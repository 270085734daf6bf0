//! Whole numbers to text, straight into a string: a path of a thousand points is written for every line drawn, and
//! `core::fmt` would cost more than the browser's parser does.

/// Appends an SVG path of straight pieces: `M12 34l5 -6 …`. Returns whether there was anything to draw.
pub fn polyline(points: impl Iterator<Item = (i32, i32)>, out: &mut String) -> bool {
    let mut before: Option<(i32, i32)> = None;
    let mut pieces = 0_usize;
    for (x, y) in points {
        match before {
            None => {
                out.push('M');
                pair(x, y, out);
            }
            Some((from_x, from_y)) => {
                out.push(if pieces == 0 { 'l' } else { ' ' });
                pair(x.wrapping_sub(from_x), y.wrapping_sub(from_y), out);
                pieces += 1;
            }
        }
        before = Some((x, y));
    }
    pieces > 0
}

fn pair(x: i32, y: i32, out: &mut String) {
    number(x, out);
    out.push(' ');
    number(y, out);
}

fn number(value: i32, out: &mut String) {
    if value < 0 {
        out.push('-');
    }
    let mut rest = value.unsigned_abs();
    let mut power = 1_u32;
    while rest / power >= 10 {
        power *= 10;
    }
    while power > 0 {
        let digit = u8::try_from(rest / power).unwrap_or(0);
        out.push(char::from(b'0' + digit));
        rest %= power;
        power /= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(points: &[(i32, i32)], expect: &str, drawn: bool) {
        let mut text = String::new();
        assert_eq!(polyline(points.iter().copied(), &mut text), drawn);
        assert_eq!(text, expect);
    }

    #[test]
    fn a_polyline_is_a_start_and_its_differences() {
        check(&[], "", false);
        check(&[(8, 16)], "M8 16", false);
        check(
            &[(8, 16), (16, 0), (16, 1_000_000), (-4, 0)],
            "M8 16l8 -16 0 1000000 -20 -1000000",
            true,
        );
    }

    #[test]
    fn numbers_are_written_as_the_standard_library_does() {
        for value in [0, 1, 9, 10, 99, 100, 101, 12_345, i32::MAX, i32::MIN, -1, -10] {
            let mut text = String::new();
            number(value, &mut text);
            assert_eq!(text, value.to_string());
        }
    }
}
