package scan

import "bytes"

// privateKey matches the rest of a PEM frame and the first line of the key. The
// frame is not enough: every program that reads keys has one without a key. Lines
// may be divided by line ends, or by \n in the text of a string.
func privateKey(text []byte) int {
	const longestLabel, linesBefore = 32, 8
	label, _, ok := bytes.Cut(text[:min(len(text), longestLabel+5)], []byte("-----"))
	if !ok || !bytes.Contains(label, []byte("PRIVATE KEY")) {
		return -1
	}
	at := len(label) + len("-----")
	for range linesBefore {
		at += divider(text[at:])
		if n := keyLine(text[at:]); n > 0 {
			return at + n
		}
		n := headerLine(text[at:])
		if n < 0 {
			return -1
		}
		at += n
	}
	return -1
}

// divider returns the length of the text between two lines: white space, escapes of
// white space, quotes, and the plus sign that continues a string.
func divider(text []byte) int {
	n := 0
	for n < len(text) {
		switch {
		case bytes.IndexByte([]byte(" \t\r\n\\\"'+,"), text[n]) >= 0, n > 0 && text[n-1] == '\\' && (text[n] == 'n' || text[n] == 'r'):
			n++
		default:
			return n
		}
	}
	return n
}

// keyLine returns the length of a line of base64, or 0.
func keyLine(text []byte) int {
	const line = 64 // RFC 7468 section 2
	n := 0
	for n < min(line, len(text)) && (isAlphanumeric(rune(text[n])) || text[n] == '+' || text[n] == '/') {
		n++
	}
	if n < line/2 {
		return 0
	}
	return n
}

// headerLine returns the length of a line such as Proc-Type: 4,ENCRYPTED, or -1.
func headerLine(text []byte) int {
	const longest = 128
	end := bytes.IndexAny(text[:min(len(text), longest)], "\n\\")
	if end < 0 || !bytes.Contains(text[:end], []byte(": ")) {
		return -1
	}
	return end
}
