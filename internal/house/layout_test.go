package house_test

import (
	"go/ast"
	"go/token"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const modulePath = "github.com/secretmux/secretmux"

func TestWorkspaceListsEveryModule(t *testing.T) {
	inCheckout(t)
	var want []string
	for _, file := range find(t, "go.mod", true) {
		if dir := path.Dir(file); !slices.Contains(outsideWorkspace(), dir) {
			want = append(want, dir)
		}
	}
	var work struct{ Use []struct{ DiskPath string } }
	goJSON(t, &work, "work", "edit", "-json", "go.work")
	var got []string
	for _, use := range work.Use {
		got = append(got, path.Clean(use.DiskPath))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("go.work uses %q, want every module except %q: %q", got, outsideWorkspace(), want)
	}
}

func TestRootModuleRequiresGodotenvAlone(t *testing.T) {
	inRoot(t)
	var mod struct {
		Require []struct{ Path string }
		Replace []any
	}
	goJSON(t, &mod, "mod", "edit", "-json", "go.mod")
	if len(mod.Require) != 1 || mod.Require[0].Path != "github.com/joho/godotenv" {
		t.Errorf("go.mod requires %+v, want only github.com/joho/godotenv", mod.Require)
	}
	if len(mod.Replace) != 0 {
		t.Errorf("go.mod replaces %v: users of the module would not get that", mod.Replace)
	}
}

// The linter has these rules for every layer. The two that a user pays for with
// dependencies hold without a linter too.
func TestLayers(t *testing.T) {
	inRoot(t)
	tests := []struct {
		dir   string
		allow []string
	}{
		{dir: ".", allow: []string{
			modulePath + "/cache", modulePath + "/internal/jsonobject", modulePath + "/internal/pasted", modulePath + "/internal/pattern", modulePath + "/internal/underway",
			modulePath + "/internal/shared", modulePath + "/internal/spelling", modulePath + "/internal/stepwise",
		}},
		{dir: "cache", allow: []string{modulePath + "/internal/spare"}},
		{dir: "internal/jsonobject"},
		{dir: "internal/pasted"},
		{dir: "internal/pattern"},
		{dir: "internal/underway"},
		{dir: "internal/shared"},
		{dir: "internal/spare"},
		{dir: "internal/spelling"},
		{dir: "internal/stepwise"},
	}
	for _, tt := range tests {
		t.Run(tt.dir, func(t *testing.T) {
			files := 0
			for _, file := range find(t, ".go", false) {
				if path.Dir(file) != tt.dir || strings.HasSuffix(file, "_test.go") {
					continue
				}
				files++
				for _, imported := range imports(t, file) {
					if !standard(imported) && !slices.Contains(tt.allow, imported) {
						t.Errorf("%s imports %s, want the standard library and %q", file, imported, tt.allow)
					}
				}
			}
			if files == 0 {
				t.Error("no file was looked at")
			}
		})
	}
}

// In a synctest bubble a sleep is how the fake clock moves on; anywhere else it
// makes a test slow and, on a busy machine, wrong. The modules outside the
// workspace measure and talk to real servers, so they may wait.
func TestTestsSleepInSynctestAlone(t *testing.T) {
	inRoot(t)
	for _, file := range find(t, "_test.go", true) {
		outside := slices.ContainsFunc(outsideWorkspace(), func(dir string) bool {
			return strings.HasPrefix(file, dir+"/")
		})
		if outside || slices.Contains(imports(t, file), "testing/synctest") {
			continue
		}
		set := token.NewFileSet()
		ast.Inspect(parse(t, set, file), func(n ast.Node) bool {
			call, ok := n.(*ast.SelectorExpr)
			if !ok || call.Sel.Name != "Sleep" {
				return true
			}
			if pkg, ok := call.X.(*ast.Ident); ok && pkg.Name == "time" {
				t.Errorf("%s: time.Sleep in a test that doesn't import testing/synctest", set.Position(call.Pos()))
			}
			return true
		})
	}
}

// The limits are for this module. The longest file is bound for tests too; the
// median and the 90th percentile are of the code without its tests, whose tables
// are long and easy to read. Those of the tests are printed beside them.
func TestFilesAndFunctionsStaySmall(t *testing.T) {
	inRoot(t)
	var code, tests sizes
	for _, file := range find(t, ".go", false) {
		s := &code
		if strings.HasSuffix(file, "_test.go") {
			s = &tests
		}
		if lines := s.add(t, file); lines > 300 {
			t.Errorf("%s has %d lines, want at most 300: divide it", file, lines)
		}
	}
	t.Log("code: ", code.String())
	t.Log("tests:", tests.String())
	if got := percentile(code.files, 50); got > 150 {
		t.Errorf("the median file has %d lines, want at most 150", got)
	}
	if got := percentile(code.files, 90); got > 300 {
		t.Errorf("the 90th percentile of files is %d lines, want at most 300", got)
	}
	if got := percentile(code.functions, 90); got > 40 {
		t.Errorf("the 90th percentile of functions is %d lines, want at most 40", got)
	}
}

// The root folder is the front page: what a visitor scrolls past before the README.
// Whatever comes to it takes the place of something.
func TestTheFrontPageIsShort(t *testing.T) {
	inRoot(t)
	code, tests := 0, 0
	for _, file := range find(t, ".go", false) {
		switch {
		case path.Dir(file) != ".":
		case strings.HasSuffix(file, "_test.go"):
			tests++
		default:
			code++
		}
	}
	if code > 24 || tests > 34 {
		t.Errorf("the root folder has %d files of code and %d of tests, want at most 24 and 34: "+
			"merge what belongs together, or move what is a thing of its own below internal or testing", code, tests)
	}
	if code == 0 || tests == 0 {
		t.Error("no file was looked at")
	}
}

// sizes are numbers of lines.
type sizes struct{ files, functions []int }

// add counts one file and returns its lines.
func (s *sizes) add(t *testing.T, file string) int {
	t.Helper()
	set := token.NewFileSet()
	for _, decl := range parse(t, set, file).Decls {
		if f, ok := decl.(*ast.FuncDecl); ok {
			s.functions = append(s.functions, set.Position(f.End()).Line-set.Position(f.Pos()).Line+1)
		}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Count(string(text), "\n")
	s.files = append(s.files, lines)
	return lines
}

func (s *sizes) String() string {
	figures := func(what string, of []int) string {
		return strconv.Itoa(len(of)) + " " + what + ", median " + strconv.Itoa(percentile(of, 50)) +
			", p90 " + strconv.Itoa(percentile(of, 90)) + ", longest " + strconv.Itoa(percentile(of, 100)) + " lines"
	}
	return figures("files", s.files) + "; " + figures("functions", s.functions)
}

// percentile returns the smallest of the numbers that p percent don't exceed, 0
// for none.
func percentile(of []int, p int) int {
	if len(of) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(of))
	return sorted[(len(sorted)*p+99)/100-1]
}
