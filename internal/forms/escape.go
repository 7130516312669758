package forms

import (
	"bytes"
	"strconv"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	lowerHex = "0123456789abcdef"
	upperHex = "0123456789ABCDEF"
)

func hexadecimal(v []byte, digits string) []byte {
	text := make([]byte, 0, 2*len(v))
	for _, b := range v {
		text = append(text, digits[b>>4], digits[b&15])
	}
	return text
}

// urlDialect is what an escaper leaves as it is besides letters and digits, and
// what it makes of a space.
type urlDialect struct{ keep, space string }

func urlDialects() []urlDialect {
	return []urlDialect{
		{"-_.~", "+"},                   // url.QueryEscape
		{"-_.~", "%20"},                 // RFC 3986 section 2.3; Python, Ruby
		{"-_.~$&+:=@", "%20"},           // url.PathEscape
		{"-_.~$&+,;=", "%20"},           // url.UserPassword
		{"-_.~!*'()", "%20"},            // JavaScript's encodeURIComponent
		{"*-._", "+"},                   // application/x-www-form-urlencoded: browsers, Java
		{"-_.~/", "%20"},                // Python's quote, as it is by default
		{"-_.!~*'();,/?:@&=+$#", "%20"}, // JavaScript's encodeURI
	}
}

func percent(v []byte, d urlDialect) []byte {
	text := make([]byte, 0, len(v))
	for _, b := range v {
		switch {
		case 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z', '0' <= b && b <= '9', bytes.IndexByte([]byte(d.keep), b) >= 0:
			text = append(text, b)
		case b == ' ':
			text = append(text, d.space...)
		default:
			text = append(text, '%', upperHex[b>>4], upperHex[b&15])
		}
	}
	return text
}

// jsonDialect is what a writer of JSON escapes besides what it must.
type jsonDialect struct {
	html  bool // < > & as \u003c
	ascii bool // all that is not ASCII
	slash bool // /
	long  bool // \b and \f as \u0008 and \u000c
}

func jsonDialects() []jsonDialect {
	return []jsonDialect{
		{},                         // JavaScript
		{long: true},               // log/slog
		{html: true},               // encoding/json
		{ascii: true},              // Python
		{ascii: true, slash: true}, // PHP
	}
}

// escapeJSON writes v as the inside of a JSON string (RFC 8259 section 7).
func escapeJSON(v []byte, d jsonDialect) []byte {
	text := make([]byte, 0, len(v))
	for len(v) > 0 {
		r, size := utf8.DecodeRune(v)
		switch i := bytes.IndexRune([]byte("\b\f\n\r\t\"\\"), r); {
		case i > 1, i >= 0 && !d.long:
			text = append(text, '\\', "bfnrt\"\\"[i])
		case r == '/' && d.slash:
			text = append(text, '\\', '/')
		case r < ' ', r == '\u2028', r == '\u2029', r == utf8.RuneError && size == 1,
			d.html && (r == '<' || r == '>' || r == '&'), d.ascii && r >= utf8.RuneSelf:
			text = appendUTF16(text, r)
		default:
			text = utf8.AppendRune(text, r)
		}
		v = v[size:]
	}
	return text
}

// appendUTF16 appends r as \uXXXX, or as two of them.
func appendUTF16(text []byte, r rune) []byte {
	var buf [2]uint16
	for _, u := range utf16.AppendRune(buf[:0], r) {
		text = append(text, '\\', 'u', lowerHex[u>>12], lowerHex[u>>8&15], lowerHex[u>>4&15], lowerHex[u&15])
	}
	return text
}

// quoteGo writes v as the inside of what strconv.Quote and %q print.
func quoteGo(v []byte) []byte {
	text := make([]byte, 0, len(v))
	for len(v) > 0 {
		r, size := utf8.DecodeRune(v)
		switch {
		case r == utf8.RuneError && size == 1:
			text = append(text, '\\', 'x', lowerHex[v[0]>>4], lowerHex[v[0]&15])
		case r == '"' || r == '\\':
			text = append(text, '\\', byte(r))
		case strconv.IsPrint(r):
			text = utf8.AppendRune(text, r)
		default:
			quoted := strconv.AppendQuoteRune(nil, r) // one rune does not tell a value
			text = append(text, quoted[1:len(quoted)-1]...)
		}
		v = v[size:]
	}
	return text
}

// xmlDialect is how a writer of XML or HTML writes the two quotes.
type xmlDialect struct{ double, single string }

func xmlDialects() []xmlDialect {
	return []xmlDialect{
		{`"`, `'`},           // between tags
		{"&quot;", "'"},      // in an attribute
		{"&#34;", "&#39;"},   // Go
		{"&quot;", "&apos;"}, // XML's own names
		{"&quot;", "&#x27;"}, // Python
		{"&quot;", "&#039;"}, // PHP
	}
}

func escapeXML(v []byte, d xmlDialect) []byte {
	text := make([]byte, 0, len(v))
	for _, b := range v {
		switch b {
		case '&':
			text = append(text, "&amp;"...)
		case '<':
			text = append(text, "&lt;"...)
		case '>':
			text = append(text, "&gt;"...)
		case '"':
			text = append(text, d.double...)
		case '\'':
			text = append(text, d.single...)
		default:
			text = append(text, b)
		}
	}
	return text
}

// utf16LE writes text as Windows PowerShell writes files; nothing for bytes that
// are not text.
func utf16LE(v []byte) []byte {
	if !utf8.Valid(v) || bytes.ContainsFunc(v, unicode.IsControl) {
		return nil
	}
	text := make([]byte, 0, 2*len(v))
	for len(v) > 0 {
		r, size := utf8.DecodeRune(v)
		var buf [2]uint16
		for _, u := range utf16.AppendRune(buf[:0], r) {
			text = append(text, byte(u&0xff), byte(u>>8))
		}
		v = v[size:]
	}
	return text
}
