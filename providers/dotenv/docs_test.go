package dotenv_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the table of testdata/dialects.json into the docs page")

const (
	docsPage   = "../../docs/dotenv-dialects.md"
	tableStart = "<!-- From providers/dotenv/testdata/dialects.json: go test ./providers/dotenv -run TestDocs -update -->\n"
	tableEnd   = "<!-- End of the table -->\n"
)

// TestDocs compares the docs page with the table that TestTable checks.
func TestDocs(t *testing.T) {
	data, err := os.ReadFile(docsPage)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(data), tableStart)
	_, after, ok2 := strings.Cut(rest, tableEnd)
	if !ok || !ok2 {
		t.Fatalf("%s has no place for the table", docsPage)
	}
	want := before + tableStart + renderTable(readTable(t)) + tableEnd + after
	if want == string(data) {
		return
	}
	if !*update {
		t.Fatalf("the table of %s is not that of testdata/dialects.json; run go test ./providers/dotenv -run TestDocs -update", docsPage)
	}
	if err := os.WriteFile(docsPage, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

func renderTable(rows []row) string {
	var b strings.Builder
	b.WriteString("\n| | file | `secretmux` | `godotenv` | |\n|--:|---|---|---|---|\n")
	for i, r := range rows {
		second := r.Godotenv.render()
		if second == r.Secretmux.render() {
			second = "same"
		}
		fmt.Fprintf(&b, "| %d | %s | %s | %s | %s |\n", i+1, code(r.Input), r.Secretmux.render(), second, r.Note)
	}
	return b.String() + "\n"
}

func (o outcome) render() string {
	if o.refused != "" {
		return o.refused
	}
	if len(o.values) == 0 {
		return "nothing"
	}
	var all []string
	for _, key := range slices.Sorted(maps.Keys(o.values)) {
		value := "empty"
		if o.values[key] != "" {
			value = code(o.values[key])
		}
		all = append(all, key+": "+value)
	}
	return strings.Join(all, "<br>")
}

// code makes a code span of text, in which every character is visible.
func code(text string) string {
	if text == "" {
		return "empty"
	}
	text = strings.NewReplacer(
		"\n", "⏎", "\r", "␍", "\t", "⇥", "\x00", "␀", "\x01", "␁", "\ufeff", "⟨BOM⟩", "\u00a0", "⟨NBSP⟩", "\u200b", "⟨ZWSP⟩", "\u2028", "⟨LS⟩", "  ", "··", "|", `\|`,
	).Replace(text)
	if trimmed := strings.TrimLeft(text, " "); trimmed != text {
		text = "·" + text[1:]
	}
	if trimmed := strings.TrimRight(text, " "); trimmed != text {
		text = text[:len(text)-1] + "·"
	}
	if strings.Contains(text, "`") {
		return "`` " + text + " ``"
	}
	return "`" + text + "`"
}
