package cli_test

import (
	"os"
	"strings"
)

const asEditor = "SECRETMUX_TEST_AS_EDITOR"

// playEditor does what an editor would do to the file with the plain text.
func playEditor(part, path string) int {
	text, err := os.ReadFile(path)
	if err != nil {
		return 1
	}
	state := os.Getenv("EDITOR_STATE")
	again, _ := os.ReadFile(state)
	if os.WriteFile(state, append(again, 'x'), 0o600) != nil {
		return 1
	}
	save := func(text string) int {
		if os.WriteFile(path, []byte(text), 0o600) != nil || os.WriteFile(path+"~", []byte(text), 0o600) != nil { // the second file is a backup
			return 1
		}
		return 0
	}
	changed := strings.NewReplacer("A=1", "A="+canary, "A='1'", "A="+canary).Replace(string(text))
	switch part {
	case "change":
		return save(changed)
	case "crash":
		save(changed)
		return 3
	case "hang":
		save(changed)
		select {}
	case "mistype":
		if len(again) == 0 {
			return save(changed + canary + " is not a line\n")
		}
		if !strings.Contains(string(text), canary+" is not a line") {
			return 4 // the text was not kept for a second try
		}
		return save(strings.Replace(string(text), canary+" is not a line\n", "", 1))
	case "meanwhile":
		file, err := os.OpenFile(os.Getenv("EDITOR_FILE"), os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			return 1
		}
		_, _ = file.WriteString("# theirs\n")
		_ = file.Close()
		return save(changed)
	}
	return 0
}
