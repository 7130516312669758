package dotenv_test

import (
	"strings"
	"testing"

	"github.com/secretmux/secretmux/providers/dotenv"
)

// An invisible character is named by its code point, because the line looks right.
func TestInvisibleCharactersAreNamed(t *testing.T) {
	for character, name := range map[string]string{
		"\u00a0": "U+00A0", "\u200b": "U+200B", "\u200c": "U+200C", "\u200d": "U+200D", "\u2060": "U+2060", "\ufeff": "U+FEFF",
		"\u00ad": "U+00AD", "\u202e": "U+202E", "\u3000": "U+3000", "\u2003": "U+2003", "\u3164": "U+3164", "\ufe0f": "U+FE0F",
		"\u2800": "U+2800", "\u0085": "U+0085", "\v": "U+000B", "\f": "U+000C", "\x1b": "U+001B", "\U000e0041": "U+E0041",
	} {
		for _, line := range []string{character + "KEY=" + canary, "KE" + character + "Y=" + canary, "KEY" + character + "=" + canary, "export" + character + "KEY=" + canary, character} {
			_, err := dotenv.ParseAs([]byte("A=1\n"+line+"\nB=2\n"), dotenv.Options{})
			if err == nil || !strings.HasPrefix(err.Error(), "line 2: ") || !strings.Contains(err.Error(), name) {
				t.Errorf("%q: %v, want line 2 and %s", line, err, name)
				continue
			}
			wantNoCanary(t, err)
		}
		// At an end of a value without quotes, the character came with a copied text.
		for _, value := range []string{character + canary, canary + character, character, canary + character + " # c"} {
			_, err := dotenv.ParseAs([]byte("A=1\nB= "+value), dotenv.Options{})
			if err == nil || !strings.HasPrefix(err.Error(), "line 2: ") || !strings.Contains(err.Error(), name) {
				t.Errorf("%q: %v, want line 2 and %s", value, err, name)
				continue
			}
			wantNoCanary(t, err)
			if values, err := dotenv.ParseAs([]byte("B='"+value+"'"), dotenv.Options{}); err != nil || values["B"] != value {
				t.Errorf("%q in quotes: %q, %v", value, values["B"], err)
			}
		}
		if strings.Contains("\v\f\u0085", character) {
			continue // a line ends there: see TestLooksLikeTwoLines
		}
		// In a value it may be meant.
		values, err := dotenv.ParseAs([]byte("A=x"+character+"y"), dotenv.Options{})
		if err != nil || values["A"] != "x"+character+"y" {
			t.Errorf("in a value: %q, %v", values["A"], err)
		}
	}
	for _, line := range []string{"KÉY=1", "ΚEY=1", "KEY\xff=1"} {
		if _, err := dotenv.ParseAs([]byte(line), dotenv.Options{}); err == nil || strings.Contains(err.Error(), "invisible") {
			t.Errorf("%q: %v, want an error about visible characters", line, err)
		}
	}
}

// An editor shows two lines, and the second would be a part of the first value.
func TestLooksLikeTwoLines(t *testing.T) {
	for character, name := range map[string]string{"\v": "U+000B", "\f": "U+000C", "\u0085": "U+0085", "\u2028": "U+2028", "\u2029": "U+2029"} {
		_, err := dotenv.ParseAs([]byte("A="+canary+character+"B="+canary), dotenv.Options{})
		if err == nil || !strings.HasPrefix(err.Error(), "line 1: ") || !strings.Contains(err.Error(), name) {
			t.Errorf("%v, want %s", err, name)
		}
		wantNoCanary(t, err)
		for _, quote := range []string{"'", `"`} {
			if values, err := dotenv.ParseAs([]byte("A="+quote+"x"+character+"y"+quote), dotenv.Options{}); err != nil || values["A"] != "x"+character+"y" {
				t.Errorf("%s in quotes: %q, %v", name, values["A"], err)
			}
		}
	}
}

// What only some programs take for quotes, or for an escape, would be part of the value.
func TestQuotesOfOtherProgramsAreRefused(t *testing.T) {
	for line, want := range map[string]string{
		"`x`": "single quotes", "`x y": "single quotes", `$'x\ty'`: "without the $", `$"x"`: "without the $",
		`\"x\"`: "as in JSON", `\'x\'`: "as in JSON", "\u00abx\u00bb": "typographic", "\u2039x\u203a": "typographic",
	} {
		_, err := dotenv.ParseAs([]byte("B=1\nA="+line+canary), dotenv.Options{})
		if err == nil || !strings.HasPrefix(err.Error(), "line 2: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", line, err, want)
		}
		wantNoCanary(t, err)
		if strings.Contains(line, "'") {
			continue
		}
		if values, err := dotenv.ParseAs([]byte("A='"+line+"'"), dotenv.Options{}); err != nil || values["A"] != line {
			t.Errorf("%s in single quotes: %q, %v", line, values["A"], err)
		}
	}
	for _, line := range []string{"x`y`", "$x'y'", `$2b$12$x"`, `\server\x`, `\x"`} {
		if values, err := dotenv.ParseAs([]byte("A="+line), dotenv.Options{}); err != nil || values["A"] != line {
			t.Errorf("%s: %q, %v", line, values["A"], err)
		}
	}
	for _, line := range []string{`\${X}`, `a\${X}`, "$${X}", `"$${X}"`} {
		_, err := dotenv.ParseAs([]byte("X="+canary+"\nA="+line), dotenv.Options{Expand: true})
		if err == nil || !strings.Contains(err.Error(), "single quotes") {
			t.Errorf("%s with expand=true: %v", line, err)
		}
		wantNoCanary(t, err)
		if _, err := dotenv.ParseAs([]byte("A="+line), dotenv.Options{}); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
	for line, want := range map[string]string{`"\$${X}"`: "$1", `"\${X}"`: "${X}", "$$X": "$$X", `\$X`: `\$X`} {
		if values, err := dotenv.ParseAs([]byte("X=1\nA="+line), dotenv.Options{Expand: true}); err != nil || values["A"] != want {
			t.Errorf("%s with expand=true: %q, %v; want %q", line, values["A"], err, want)
		}
	}
}

func TestExpandSaysWhatItDoesNotSupport(t *testing.T) {
	for reference, want := range map[string]string{
		"${X:-d}": "defaults", "${X-d}": "defaults", "${X:=d}": "defaults", "${X=d}": "defaults", "${X:?e}": "defaults", "${X?e}": "defaults",
		"${X:+d}": "defaults", "${X+d}": "defaults", "${X:-${Y}}": "defaults", "${X:-}": "defaults",
		"${X#p}": "operators", "${X%%p}": "operators", "${X/a/b}": "operators", "${X^^}": "operators", "${X,,}": "operators", "${X:1:2}": "operators",
		"${X[0]}": "operators", "${X@Q}": "operators", "${!X}": "operators", "${#X}": "operators", "${env:X}": "operators",
		"${X": "the }", "${X }": "the }", "${}": "the name of a key", "${1}": "the name of a key", "${ X}": "the name of a key",
	} {
		for _, line := range []string{"B=" + canary + reference, `B="` + canary + reference + `"`} {
			_, err := dotenv.ParseAs([]byte("X=1\n"+line+"\nC=2"), dotenv.Options{Expand: true})
			if err == nil || !strings.HasPrefix(err.Error(), "line 2: ") || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "single quotes") {
				t.Errorf("%s: %v, want line 2 and %q", line, err, want)
				continue
			}
			wantNoCanary(t, err)
		}
		if values, err := dotenv.ParseAs([]byte("B='"+reference+"'"), dotenv.Options{Expand: true}); err != nil || values["B"] != reference {
			t.Errorf("in single quotes: %q, %v", values["B"], err)
		}
	}
}

func TestCommentOrValue(t *testing.T) {
	for _, line := range []string{"API_KEY=#see readme to get this key", "API_KEY=#", "export API_KEY=#" + canary, "API_KEY =#" + canary} {
		_, err := dotenv.ParseAs([]byte("A=1\n"+line+"\n"), dotenv.Options{})
		if err == nil || !strings.HasPrefix(err.Error(), "line 2: ") || !strings.Contains(err.Error(), "white space before a comment") {
			t.Errorf("%q: %v", line, err)
			continue
		}
		wantNoCanary(t, err)
	}
	for line, want := range map[string]string{"A= #c": "", "A=\t#c": "", "A='#v'": "#v", `A="#v"`: "#v", "A=v#w": "v#w", "A=v #c": "v"} {
		if values, err := dotenv.ParseAs([]byte(line), dotenv.Options{}); err != nil || values["A"] != want {
			t.Errorf("%q: %q, %v, want %q", line, values["A"], err, want)
		}
	}
}

func TestOneKeyTwice(t *testing.T) {
	for _, input := range []string{
		"A=1\nA=1", "A=1\nB=2\nA=1", "A='1'\nA=\"1\"\nexport A = 1 # again", "A=\nA=''", "A='x\ny'\nA=\"x\\ny\"",
	} {
		if _, err := dotenv.ParseAs([]byte(input), dotenv.Options{}); err != nil {
			t.Errorf("%q: %v", input, err)
		}
	}
	for input, line := range map[string]string{
		"A=1\nA=2": "line 2", "A=1\nA=": "line 2", "A=\nA=1": "line 2", "A=1\nB=2\nA='1\n'": "line 3", "A=1\nA=1 \nA=2": "line 3",
	} {
		_, err := dotenv.ParseAs([]byte(input), dotenv.Options{})
		if err == nil || !strings.HasPrefix(err.Error(), line+": ") || !strings.Contains(err.Error(), "another value") {
			t.Errorf("%q: %v, want %s", input, err, line)
		}
	}
	values, err := dotenv.ParseAs([]byte("H=h\nA=${H}\nA=h"), dotenv.Options{Expand: true})
	if err != nil || values["A"] != "h" {
		t.Errorf("equal after expansion: %q, %v", values["A"], err)
	}
}

func TestTypographicQuotes(t *testing.T) {
	for _, line := range []string{"A=“" + canary + "”", "A=‘" + canary + "’", "A=„" + canary + "“", "A=＂" + canary + "＂"} {
		_, err := dotenv.ParseAs([]byte(line), dotenv.Options{})
		if err == nil || !strings.Contains(err.Error(), "typographic") {
			t.Errorf("%q: %v", line, err)
			continue
		}
		wantNoCanary(t, err)
	}
}
