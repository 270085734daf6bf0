//! A column of numbers in as few bytes as its values repeat: as it is, or as a table of the distinct values with an index
//! of 0, 1 or 2 bytes for each. Nothing is rounded: every bit of every value comes back.
//!
//! A chart's values repeat: idle lines, whole numbers, rates of the same few events. The numbers in between do not differ by
//! little in their bits, so that differences would save less than the table does.

use std::collections::HashMap;

/// More distinct values than an index of two bytes can name.
const MOST_DISTINCT: usize = 1 << 16;

/// How a column is written: the number of its distinct values, 0 where it is written as it is.
#[must_use]
pub fn write(values: &[f64], out: &mut Vec<u8>) -> usize {
    match table(values) {
        Some((distinct, places)) => {
            put(&distinct, out);
            match width(distinct.len()) {
                0 => {}
                1 => out.extend(places.iter().map(|place| place.to_le_bytes()[0])),
                _ => places
                    .iter()
                    .for_each(|place| out.extend_from_slice(&place.to_le_bytes())),
            }
            distinct.len()
        }
        None => {
            put(values, out);
            0
        }
    }
}

fn put(values: &[f64], out: &mut Vec<u8>) {
    for value in values {
        out.extend_from_slice(&value.to_le_bytes());
    }
}

/// Bytes of an index into a table.
fn width(distinct: usize) -> usize {
    match distinct {
        0..=1 => 0,
        2..=256 => 1,
        _ => 2,
    }
}

/// The distinct values in the order they come, and each value's place; `None` where that is not shorter.
fn table(values: &[f64]) -> Option<(Vec<f64>, Vec<u16>)> {
    let plain = values.len() * 8;
    let mut known: HashMap<u64, u16> = HashMap::new();
    let mut distinct = Vec::new();
    let mut places = Vec::with_capacity(values.len());
    for value in values {
        let next = distinct.len();
        let place = match known.get(&value.to_bits()) {
            Some(place) => *place,
            None => {
                let place = u16::try_from(next).ok()?;
                known.insert(value.to_bits(), place);
                distinct.push(*value);
                place
            }
        };
        // Too many already: the rest need not be looked at.
        if distinct.len() * 8 >= plain {
            return None;
        }
        places.push(place);
    }
    let packed = distinct.len() * 8 + width(distinct.len()) * values.len();
    (!values.is_empty() && packed < plain).then_some((distinct, places))
}

/// The next column of `bytes`, which is moved behind it. `None`: the bytes are not what [`write`] makes.
#[must_use]
pub fn read(bytes: &mut &[u8], len: usize, distinct: usize) -> Option<Vec<f64>> {
    if distinct == 0 {
        return numbers(bytes, len);
    }
    if distinct > MOST_DISTINCT {
        return None;
    }
    let table = numbers(bytes, distinct)?;
    let width = width(distinct);
    let places = take(bytes, len.checked_mul(width)?)?;
    let at = |place: usize| table.get(place).copied();
    match width {
        0 => Some(vec![at(0)?; len]),
        1 => places.iter().map(|place| at(usize::from(*place))).collect(),
        _ => {
            let (places, _) = places.as_chunks::<2>();
            let place = |two: &[u8; 2]| usize::from(u16::from_le_bytes(*two));
            places.iter().map(|two| at(place(two))).collect()
        }
    }
}

fn numbers(bytes: &mut &[u8], len: usize) -> Option<Vec<f64>> {
    let (numbers, _) = take(bytes, len.checked_mul(8)?)?.as_chunks::<8>();
    Some(numbers.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect())
}

fn take<'a>(bytes: &mut &'a [u8], len: usize) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(len)?;
    *bytes = rest;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ABSENT;

    /// Distinct values and bytes.
    fn check(values: &[f64]) -> (usize, usize) {
        let mut out = Vec::new();
        let distinct = write(values, &mut out);
        let mut rest = out.as_slice();
        let got = read(&mut rest, values.len(), distinct).unwrap();
        let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&got), bits(values));
        assert!(rest.is_empty());
        (distinct, out.len())
    }

    #[test]
    fn what_repeats_is_written_once() {
        assert_eq!(check(&[]), (0, 0));
        assert_eq!(check(&[7.0; 600]), (1, 8));
        assert_eq!(check(&[ABSENT; 2]), (1, 8));
        assert_eq!(check(&[1.0]), (0, 8));
        let few: Vec<f64> = (0..600).map(|index| f64::from(index % 3) / 3.0).collect();
        assert_eq!(check(&few), (3, 3 * 8 + 600));
        let many: Vec<f64> = (0..600).map(|index| f64::from(index % 300)).collect();
        assert_eq!(check(&many), (300, 300 * 8 + 600 * 2));
        let all: Vec<f64> = (0..600).map(f64::from).collect();
        assert_eq!(check(&all), (0, 600 * 8));
        // Zeros, NaNs and the absent value differ in their bits.
        assert_eq!(check(&[0.0, -0.0, f64::NAN, ABSENT].repeat(10)), (4, 4 * 8 + 40));
    }

    #[test]
    fn what_lies_about_itself_is_refused() {
        let mut out = Vec::new();
        assert_eq!(write(&[1.0, 2.0].repeat(20), &mut out), 2);
        let check = |bytes: &[u8], len, distinct| {
            let mut rest = bytes;
            read(&mut rest, len, distinct)
        };
        assert!(check(&out, 40, 2).is_some());
        assert!(check(&out, 41, 2).is_none(), "too short");
        assert!(check(&out, 40, 1 << 17).is_none());
        assert!(check(&out, usize::MAX, 0).is_none());
        out[16] = 2;
        assert!(check(&out, 40, 2).is_none(), "a place that the table has not");
    }

    proptest! {
        #[test]
        fn any_column_comes_back_bit_for_bit(
            distinct in proptest::collection::vec(any::<u64>().prop_map(f64::from_bits), 1..40),
            places in proptest::collection::vec(any::<prop::sample::Index>(), 0..400),
        ) {
            let values: Vec<f64> = places.iter().map(|place| *place.get(&distinct)).collect();
            check(&values);
        }
    }
}
