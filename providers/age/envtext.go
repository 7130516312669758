package age

import (
	"strings"

	"github.com/secretmux/secretmux/providers/age/internal/fault"
	"github.com/secretmux/secretmux/providers/dotenv"
)

// setIn sets a key in a .env text of the dialect secretmux, in its place or at the end.
// It does not change the rest of the text.
func setIn(text, key, value string) (string, error) {
	before, err := dotenv.Parse([]byte(text))
	if err != nil {
		return text, err
	}
	if old, ok := before[key]; ok && old == value {
		return text, nil
	}
	assignment := key + "=" + quote(value) + "\n"
	changed := replaceStatement(text, key, assignment)
	if _, ok := before[key]; !ok {
		if changed != "" && !strings.HasSuffix(changed, "\n") {
			changed += "\n"
		}
		changed += assignment
	}
	after, err := dotenv.Parse([]byte(changed))
	if err != nil || after[key] != value {
		return text, fault.Invalid("a .env file can't hold this value", "the value has a NUL character; keep it in an age: file of its own, with name=")
	}
	return changed, nil
}

// removeIn removes a key.
func removeIn(text, key string) (string, error) {
	if _, err := dotenv.Parse([]byte(text)); err != nil {
		return text, err
	}
	return replaceStatement(text, key, ""), nil
}

// replaceStatement replaces the statement of key by another one. If the text has two
// statements of key with one value, it replaces both.
func replaceStatement(text, key, by string) string {
	lines := strings.SplitAfter(text, "\n")
	var b strings.Builder
	for i := 0; i < len(lines); {
		n, assigns := statement(lines[i:])
		if assigns == key {
			b.WriteString(by)
		} else {
			b.WriteString(strings.Join(lines[i:i+n], ""))
		}
		i += n
	}
	return b.String()
}

// statement returns how many lines the first statement has, and which key it assigns. A
// value in quotes goes on until its quote is closed, so the statement is the smallest
// number of lines that can be parsed.
func statement(lines []string) (n int, key string) {
	for n = 1; n <= len(lines); n++ {
		values, err := dotenv.Parse([]byte(strings.Join(lines[:n], "")))
		if err != nil {
			continue
		}
		for key = range values {
			return n, key
		}
		return n, ""
	}
	return len(lines), ""
}

// quote writes a value so that the dialect reads it back.
func quote(value string) string {
	if !strings.ContainsAny(value, "'\r") {
		return "'" + value + "'"
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(value) + `"`
}
