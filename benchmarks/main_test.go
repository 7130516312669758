package benchmarks

import (
	"flag"
	"os"
	"testing"
)

// board is what the run has measured so far. It is shared because a test can't
// hand anything to TestMain.
var board results

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	if flag.Lookup("test.bench").Value.String() != "" || testing.Verbose() {
		board.print(os.Stdout)
	}
	os.Exit(code)
}
