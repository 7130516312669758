package conformance

import (
	"bytes"
	"strings"
	"time"
)

func valueCases() []conformanceCase {
	every := make([]byte, 0, 256)
	for b := range 256 {
		every = append(every, byte(b))
	}
	pem := "-----BEGIN TEST-----\n" + strings.Repeat(canary+canary+"\n", 20) + "-----END TEST-----"
	return []conformanceCase{
		keeps("empty value", CapEmpty, []byte{}),
		keeps("binary value", CapBinary, every, []byte("\x00"), []byte("\xff\xfe\n"), append([]byte(canary), 0, '\n')),
		keeps("large value", CapLarge, bytes.Repeat([]byte("64 bytes, of which there are to be 1024: "+canary[:23]), 1024)),
		keeps("unicode value", CapUnicode, []byte("pässwörd"), []byte("密码-パスワード"), []byte("🔑e\u0301\u202e")),
		keeps("symbols in a value", CapSymbols, []byte(`pa$WORD1x`), []byte(`p#1 #2`), []byte(`"quoted" 'single' `+"`back`"),
			[]byte(`a=b;c:d,e|f&g?h%20i+j`), []byte(`\n \t \\ ${HOME} $(id) {{x}} <b>`), []byte(" spaces at both ends "),
			[]byte(`$2y$10$abcdefghijklmnopqrstuv`), []byte(`"`), []byte(`'`), []byte(`{"json":"text"}`)),
		keeps("lines in a value", CapLines, []byte(pem), []byte("first\n\n  third\twith a tab")),
		{name: "created", needs: []Capability{CapCreated}, run: created},
	}
}

// keeps makes a case in which each value replaces the previous one and must come back
// unchanged.
func keeps(name string, needs Capability, values ...[]byte) conformanceCase {
	return conformanceCase{name: name, needs: []Capability{needs}, run: func(tr *trial) {
		for _, v := range values {
			tr.Set(tr.t, "alpha", v)
			secret, err := tr.get(tr.ctx(), "alpha")
			tr.wantValue("Get", secret, err, v)
		}
	}}
}

// created accepts a backend whose clock is ahead.
func created(tr *trial) {
	tr.Set(tr.t, "alpha", value("a"))
	secret, err := tr.get(tr.ctx(), "alpha")
	tr.wantValue("Get", secret, err, value("a"))
	if made := secret.Created(); made.IsZero() || time.Until(made) > time.Hour {
		tr.Errorf("Created is unknown or in the future")
	}
}
