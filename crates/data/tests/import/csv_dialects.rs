//! Encodings, delimiters, quotes and line ends.

use rolecall_data::import::{Dialect, Given, Question};

use crate::files::{TestFile, names, refusal};

fn dialect(file: &TestFile) -> Dialect {
    file.examine().reading.dialect.unwrap()
}

// Case: import/byte-order-mark
#[test]
fn a_byte_order_mark_is_not_part_of_the_first_name() {
    let file = TestFile::new("\u{feff}name,größe\na,1\n");
    assert_eq!(names(&file.examine()), ["name", "größe"]);
}

// Case: import/crlf
#[test]
fn lines_may_end_with_cr_and_lf_or_either() {
    for text in ["a,b\r\n1,\"x\r\ny\"\r\n2,z\r\n", "a,b\r1,\"x\r\ny\"\r2,z", "a,b\n1,\"x\r\ny\"\n2,z"] {
        assert_eq!(TestFile::new(text).convert(), [["1", "x\r\ny"], ["2", "z"]], "{text:?}");
    }
}

// Case: import/quotes-in-quotes
#[test]
fn doubled_quotes_are_quotes() {
    let file = TestFile::new("a,b\n\"He said \"\"no, thanks\"\"\",1\n\"5\"\" pipe\",2\n");
    assert_eq!(file.convert(), [["He said \"no, thanks\"", "1"], ["5\" pipe", "2"]]);
}

// Case: import/latin-1
#[test]
fn names_and_texts_in_latin_1_are_right_and_marked_as_a_guess() {
    let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode("Straße;Größe;Prénom\nHauptstraße;klein;Zoé\n");
    let file = TestFile::new(&bytes);
    let examined = file.examine();
    assert_eq!(names(&examined), ["Straße", "Größe", "Prénom"]);
    assert_eq!(examined.questions, [Question::Encoding]);
    assert_eq!(dialect(&file).encoding, "windows-1252");
    assert_eq!(file.convert(), [["Hauptstraße", "klein", "Zoé"]]);
}

// Case: import/chinese
#[test]
fn names_and_texts_in_chinese_encodings_are_right() {
    let text = "姓名,城市,销售额\n王小明,北京,12\n李华,上海,15\n";
    for encoding in [encoding_rs::GBK, encoding_rs::BIG5] {
        let text = if encoding == encoding_rs::BIG5 {
            text.replace("销售额", "銷售額").replace("李华", "李華")
        } else {
            text.to_owned()
        };
        let (bytes, _, _) = encoding.encode(&text);
        let file = TestFile::new(&bytes);
        assert_eq!(names(&file.examine())[0], "姓名", "{}", encoding.name());
        assert_eq!(file.convert()[0][1], "北京");
    }
    assert_eq!(names(&TestFile::new(text).examine()), ["姓名", "城市", "销售额"]);
}

// Case: import/utf-16
#[test]
fn utf_16_is_read_with_and_without_mark() {
    let text = "name,größe\nZoë,1\nÁkos,2\n";
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in
        [little.clone(), [b"\xff\xfe".to_vec(), little].concat(), big.clone(), [b"\xfe\xff".to_vec(), big].concat()]
    {
        let file = TestFile::new(&bytes);
        assert_eq!(names(&file.examine()), ["name", "größe"]);
        assert_eq!(file.convert(), [["Zoë", "1"], ["Ákos", "2"]]);
    }
}

#[test]
fn one_invalid_byte_far_down_changes_the_encoding() {
    let mut bytes = b"name,count\n".to_vec();
    for _ in 0..200_000 {
        bytes.extend_from_slice(b"abc,1\n");
    }
    bytes.extend_from_slice(b"Z\xfcrich,2\n");
    let file = TestFile::new(&bytes);
    assert_eq!(dialect(&file).encoding, "windows-1252");
    assert_eq!(file.convert()[200_000], ["Zürich", "2"]);
}

#[test]
fn an_encoding_that_does_not_fit_is_reported() {
    let file = TestFile::new(b"a\nZ\xfcrich\n");
    let given = Given { encoding: Some("utf-8".into()), ..Given::default() };
    let error = file.try_examine(&given).unwrap_err().to_string();
    assert!(error.contains("do not fit the encoding"), "{error}");
}

#[test]
fn delimiters_are_found_among_other_signs() {
    let texts = [
        (';', "a;b;c\n1,5;x, y;2\n2,5;z;3\n"),
        ('\t', "a\tb, c\n1\t2;3\n4\t5,6\n"),
        ('|', "a|b\nx, y|1\nz, w|2\n"),
        (',', "a,b\n\"x;y;z\",1\n\"u;v;w\",2\n"),
        (',', "a\nb\nc\n"),
    ];
    for (delimiter, text) in texts {
        assert_eq!(dialect(&TestFile::new(text)).delimiter, delimiter, "{text:?}");
    }
    assert_eq!(dialect(&TestFile::new("a,b\n'x, y',1\n'z, w',2\n")).quote, '\'');
    assert_eq!(dialect(&TestFile::new("a,b\nit's,1\nthe boys',2\n")).quote, '"');
}

// Case: import/picture
#[test]
fn a_picture_called_csv_is_refused_with_what_it_is() {
    let png = TestFile::new(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0,,,\n");
    assert_eq!(refusal(&png), "The file is not a table. It is a picture (PNG).");
    let unknown = TestFile::new(b"\x01\x02\x03,\0\x05\n\x00\x00\x00\x03abc");
    assert_eq!(refusal(&unknown), "The file is not a table: it is not a text.");
}

// Case: import/empty-file
#[test]
fn an_empty_file_is_refused() {
    for text in ["", "\n\n", "\u{feff}"] {
        assert_eq!(refusal(&TestFile::new(text)), "The file is empty.", "{text:?}");
    }
    let only_names = TestFile::new("a,b\n").examine();
    assert_eq!((only_names.rows, names(&only_names)), (0, vec!["a", "b"]));
}
