package house_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strings"
	"testing"
)

// oddForms are forms that a reader has to translate, each with the plain one. They
// are looked for in comments, string literals and pages. ordinary is the good
// English that the pattern finds too.
func oddForms() []oddForm {
	return []oddForm{
		form("is no", `\b(\w+ )?(is|are|was|were|be) no [a-z]+`, `[tT]here (is|are|was|were|be) no|no (longer|more|less|fewer)\b`, "is not a region"),
		form("is none", `\b(\w+ )?(is|are|was|were|be) none\b`, `[tT]here (is|are|was|were)`, "is not one"),
		form("none of X's", `\bnone of (\w+ ){0,3}\w+'s?\b`, ``, "is not X's"),
		form("stands", `\b(stand|stands|stood) (before|on|at|around|above|below|between|in (front|the|no|a|its)\b)`, ``, "is in, is before"),
		form("alone", `\w+ alone\b`, `(leave|leaves|leaving|left|let|let's) alone|let (it|them) alone`, "only"),
		form("to be had", `\b(is|are|was|were|has|have|nothing|anything) to be (had|seen|read|found|done)\b`, ``, "can be found, must be read"),
		form("need not", `\bneed not\b|\bnobody needs?\b|\bneeds nothing\b`, ``, "does not have to"),
		form("whoever", `\b(somebody|whoever|anybody|everybody)\b`, ``, "the name of who it is, or the passive"),
		form("but", `\b(all|any|every|none|nothing|anything|everything|nowhere) (\w+ ){0,2}but\b`, `nothing (new|more|else) but`, "except, only"),
		form("else", `\b(or|and) else\b|, else (\w+ ){0,3}(of|those|from|default)\b`, ``, "otherwise"),
		form("what answers", `\b[wW]hat (answers|answered|stands)\b`, ``, "the server that answers, the text that"),
		form("also where", `\balso (where|when|after)\b`, ``, "even if"),
	}
}

type oddForm struct {
	name           string
	find, ordinary *regexp.Regexp
	instead        string
}

func form(name, find, ordinary, instead string) oddForm {
	f := oddForm{name: name, find: regexp.MustCompile(find), instead: instead}
	if ordinary != "" {
		f.ordinary = regexp.MustCompile(ordinary)
	}
	return f
}

// in returns the first odd form of this kind in text, or "".
func (f oddForm) in(text string) string {
	for _, found := range f.find.FindAllString(text, -1) {
		if f.ordinary == nil || !f.ordinary.MatchString(found) {
			return found
		}
	}
	return ""
}

func TestLanguageIsPlain(t *testing.T) {
	inCheckout(t)
	forms, read := oddForms(), 0
	check := func(file, text string) {
		read++
		text = strings.Join(strings.Fields(text), " ")
		for _, f := range forms {
			if found := f.in(text); found != "" {
				t.Errorf("%s: %q in %.160q: write %s", file, found, text, f.instead)
			}
		}
	}
	for _, file := range find(t, ".go", true) {
		if !isAboutForms(file) {
			for _, text := range textsOf(t, file) {
				check(file, text)
			}
		}
	}
	for _, file := range find(t, ".md", true) {
		page, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, paragraph := range strings.Split(string(page), "\n\n") {
			check(file, paragraph)
		}
	}
	if read == 0 {
		t.Error("no text was read")
	}
}

// isAboutForms says that a file quotes the odd forms, as this one does.
func isAboutForms(file string) bool { return file == "internal/house/language_test.go" }

// textsOf returns the comments and the string literals of a Go file.
func textsOf(t *testing.T, file string) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, group := range parsed.Comments {
		texts = append(texts, group.Text())
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			texts = append(texts, lit.Value)
		}
		return true
	})
	return texts
}

func TestOddFormsAreFound(t *testing.T) {
	tests := []struct{ text, want string }{
		{"this is no region", "is no"},
		{"there is no region", ""},
		{"it is no longer read", ""},
		{"the name is none of Secrets Manager's", "is none"},
		{"what stands in the way", "stands"},
		{"a fake stands in for it", ""},
		{"the root alone", "alone"},
		{"the field is left alone", ""},
		{"it need not exist", "need not"},
		{"whoever asks", "whoever"},
		{"all but the first", "but"},
		{"its own, or else the default", "else"},
		{"also where it is nil", "also where"},
	}
	for _, tt := range tests {
		got := ""
		for _, f := range oddForms() {
			if f.in(tt.text) != "" {
				got = f.name
				break
			}
		}
		if got != tt.want {
			t.Errorf("%q: found the form %q, want %q", tt.text, got, tt.want)
		}
	}
}
