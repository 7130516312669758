package push_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/push"
	"github.com/secretmux/secretmux/testing/conformance"
)

// shape is a message of a cloud, with the expected notices as name@version.
type shape struct {
	name       string
	parse      push.Parser
	body       string
	attributes map[string]string
	want       []string
}

const (
	arn        = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbC123"
	versionID  = "a1b2c3d4-5678-90ab-cdef-EXAMPLE11111"
	labelEvent = `{"version":"0","id":"6a7e8feb-b491-4cf7-a9f1-bf3703467718","detail-type":"Secret Label Updated","source":"aws.secretsmanager",` +
		`"account":"123456789012","time":"2026-11-25T22:00:00Z","region":"eu-west-1","resources":["` + arn + `"],` +
		`"detail":{"name":"prod/db","labelUpdated":"AWSCURRENT","versionId":"` + versionID + `"}}`
	parameterEvent = `{"version":"0","id":"1","detail-type":"Parameter Store Change","source":"aws.ssm","account":"123456789012",` +
		`"time":"2026-11-25T22:00:00Z","region":"eu-west-1","resources":["arn:aws:ssm:eu-west-1:123456789012:parameter/prod/db"],` +
		`"detail":{"operation":"Update","name":"/prod/db","type":"SecureString","description":"d"}}`
	trailService = `{"detail-type":"AWS Service Event via CloudTrail","source":"aws.secretsmanager","time":"2026-11-25T22:00:00Z",` +
		`"detail":{"eventSource":"secretsmanager.amazonaws.com","eventName":"RotationSucceeded","additionalEventData":{"SecretId":"` + arn + `"}}}`
	trailCall = `{"detail-type":"AWS API Call via CloudTrail","source":"aws.secretsmanager","time":"2026-11-25T22:00:00Z",` +
		`"detail":{"eventSource":"secretsmanager.amazonaws.com","eventName":"PutSecretValue","requestParameters":{"secretId":"prod/db"},"responseElements":{"versionId":"` + versionID + `"}}}`
	azureEvent = `[{"id":"0","topic":"t","subject":"db","eventType":"Microsoft.KeyVault.SecretNewVersionCreated","eventTime":"2026-11-25T22:00:00Z","dataVersion":"1",` +
		`"data":{"Id":"https://shop.vault.azure.net/secrets/db-password/ee059b2bb5bc48398a53b168c6cdcb10","VaultName":"shop","ObjectType":"Secret",` +
		`"ObjectName ":" db-password","Version":" ee059b2bb5bc48398a53b168c6cdcb10","NBF":null,"EXP":"1"}}]`
	azureCloudEvent = `{"id":"0","source":"s","specversion":"1.0","type":"Microsoft.KeyVault.SecretNewVersionCreated","time":"2026-11-25T22:00:00Z",` +
		`"data":{"id":"https://shop.vault.azure.net:443/secrets/db-password/ee05","vaultName":"shop","objectName":"db-password","version":"1ee05"}}`
)

func sns(message string) string {
	envelope, _ := json.Marshal(map[string]string{"Type": "Notification", "MessageId": "m", "TopicArn": "t", "Message": message, "Timestamp": "2026-11-25T22:00:01Z"})
	return string(envelope)
}

func gcp(pairs ...string) map[string]string {
	all := map[string]string{
		"dataFormat": "JSON_API_V1", "timestamp": "2026-11-25T22:00:00Z",
		"secretId": "projects/123/secrets/db-password", "versionId": "projects/123/secrets/db-password/versions/7",
	}
	for i := 0; i < len(pairs); i += 2 {
		all[pairs[i]] = pairs[i+1]
	}
	return all
}

func shapes() []shape {
	change := strings.NewReplacer
	return []shape{
		{"ours", push.JSON, `{"v":1,"name":"prod/db","version":"7","time":"2026-11-25T22:00:00Z"}`, nil, []string{"prod/db@7"}},
		{"ours without a version", push.JSON, `{"v":1,"name":"prod/db","time":"2026-11-25T22:00:00Z","note":[1,{}]}`, nil, []string{"prod/db@"}},
		{"ours through SNS", push.Any, sns(`{"v":1,"name":"db","version":"current","time":"2026-11-25T22:00:00Z"}`), nil, []string{"db@"}},
		{"a label moved", push.AWS, labelEvent, nil, []string{"prod/db@" + versionID, arn + "@" + versionID}},
		{"a label moved, through SNS", push.AWS, sns(labelEvent), nil, []string{"prod/db@" + versionID, arn + "@" + versionID}},
		{"another label moved", push.AWS, change("AWSCURRENT", "blue").Replace(labelEvent), nil, nil},
		{"a parameter changed", push.AWS, parameterEvent, nil, []string{"/prod/db@", "arn:aws:ssm:eu-west-1:123456789012:parameter/prod/db@"}},
		{"a parameter was deleted", push.AWS, change("Update", "Delete").Replace(parameterEvent), nil, []string{"/prod/db@", "arn:aws:ssm:eu-west-1:123456789012:parameter/prod/db@"}},
		{"a parameter was labelled", push.AWS, change("Update", "LabelParameterVersion").Replace(parameterEvent), nil, nil},
		{"another service", push.AWS, `{"detail-type":"EC2 Instance State-change Notification","source":"aws.ec2","detail":{}}`, nil, nil},
		{"a rotation in CloudTrail", push.AWS, trailService, nil, []string{"prod/db@", arn + "@"}},
		{"the other spelling", push.AWS, change("additionalEventData", "serviceEventDetails", "SecretId", "secretId").Replace(trailService), nil, []string{"prod/db@", arn + "@"}},
		{"a rotation that failed", push.AWS, change("RotationSucceeded", "RotationFailed").Replace(trailService), nil, nil},
		{"a call in CloudTrail", push.AWS, trailCall, nil, []string{"prod/db@" + versionID}},
		{"a call that failed", push.AWS, change(`"eventName"`, `"errorCode":"AccessDenied","eventName"`).Replace(trailCall), nil, nil},
		{"a call that stages", push.AWS, change(`{"secretId":"prod/db"}`, `{"secretId":"prod/db","versionStages":["AWSPENDING"]}`).Replace(trailCall), nil, nil},
		{"a call that moves the label", push.AWS, change("PutSecretValue", "UpdateSecretVersionStage", `{"secretId":"prod/db"}`, `{"secretId":"prod/db","versionStage":"AWSCURRENT","moveToVersionId":"v-8"}`).Replace(trailCall), nil, []string{"prod/db@v-8"}},
		{"a read in CloudTrail", push.AWS, change("PutSecretValue", "GetSecretValue").Replace(trailCall), nil, nil},
		{"a version in Google", push.GCP, `{"name":"ignored"}`, gcp("eventType", "SECRET_VERSION_ADD"), []string{"db-password@7"}},
		{"a bare number", push.GCP, "", gcp("eventType", "SECRET_VERSION_ADD", "versionId", "8", "secretId", "projects/p/locations/l/secrets/db"), []string{"db@8"}},
		{"a version disabled", push.GCP, "", gcp("eventType", "SECRET_VERSION_DISABLE"), []string{"db-password@"}},
		{"a version destroyed", push.GCP, "", gcp("eventType", "SECRET_VERSION_DESTROY"), []string{"db-password@"}},
		{"a secret deleted", push.GCP, "", gcp("eventType", "SECRET_DELETE"), []string{"db-password@"}},
		{"time to rotate", push.GCP, "", gcp("eventType", "SECRET_ROTATE"), nil},
		{"a test message", push.GCP, "", map[string]string{"eventType": "TOPIC_CONFIGURED"}, nil},
		{"Event Grid", push.Azure, azureEvent, nil, []string{"db-password@ee059b2bb5bc48398a53b168c6cdcb10"}},
		{"Event Grid, base64", push.Azure, base64.StdEncoding.EncodeToString([]byte(azureEvent)), nil, []string{"db-password@ee059b2bb5bc48398a53b168c6cdcb10"}},
		{"CloudEvents", push.Azure, azureCloudEvent, nil, []string{"db-password@ee05"}},
		{"a name with capitals", push.Azure, change("/db-password/", "/DB-Password/").Replace(azureCloudEvent), nil, []string{"DB-Password@ee05", "db-password@ee05"}},
		{"a secret that expires", push.Azure, change("SecretNewVersionCreated", "SecretNearExpiry").Replace(azureEvent), nil, nil},
	}
}

func TestShapes(t *testing.T) {
	at := time.Date(2026, 11, 25, 22, 0, 0, 0, time.UTC)
	for _, s := range shapes() {
		t.Run(s.name, func(t *testing.T) {
			m := push.Message{Body: []byte(s.body), Attributes: s.attributes}
			for name, parse := range map[string]push.Parser{"its own": s.parse, "Any": push.Any} {
				notices, err := parse(m)
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				var got []string
				for _, n := range notices {
					if got = append(got, n.Name+"@"+n.Version); !n.Time.Equal(at) {
						t.Errorf("%s: time %v, want %v", name, n.Time, at)
					}
				}
				if !slices.Equal(got, s.want) {
					t.Errorf("%s: %q, want %q", name, got, s.want)
				}
			}
		})
	}
}

func TestMalformedMessages(t *testing.T) {
	long := strings.Repeat("a", 300<<10)
	for name, m := range map[string]struct {
		parse push.Parser
		m     push.Message
	}{
		"nothing":                      {push.Any, push.Message{}},
		"text":                         {push.Any, push.Message{Body: []byte(canary)}},
		"a list":                       {push.Any, push.Message{Body: []byte(`["` + canary + `"]`)}},
		"an object":                    {push.Any, push.Message{Body: []byte(`{"` + canary + `":1}`)}},
		"ours of another version":      {push.Any, push.Message{Body: []byte(`{"v":2,"name":"` + canary + `"}`)}},
		"ours of a version in text":    {push.Any, push.Message{Body: []byte(`{"v":"` + canary + `","name":"a"}`)}},
		"ours of null":                 {push.JSON, push.Message{Body: []byte(`{"v":null,"name":"` + canary + `"}`)}},
		"ours without a name":          {push.Any, push.Message{Body: []byte(`{"v":1,"value":"` + canary + `"}`)}},
		"ours with a bad name":         {push.Any, push.Message{Body: []byte(`{"v":1,"name":"../` + canary + `"}`)}},
		"ours with a reference":        {push.Any, push.Message{Body: []byte(`{"v":1,"name":"a?version=1#` + canary + `","version":"1"}`)}},
		"ours with a bad version":      {push.Any, push.Message{Body: []byte(`{"v":1,"name":"a","version":"` + canary + ` x"}`)}},
		"ours with a field":            {push.Any, push.Message{Body: []byte(`{"v":1,"name":"a","version":"1#` + canary + `"}`)}},
		"ours about the previous one":  {push.Any, push.Message{Body: []byte(`{"v":1,"name":"a","version":"previous"}`)}},
		"ours, long":                   {push.Any, push.Message{Body: []byte(`{"v":1,"name":"a","x":"` + canary + long[:9000] + `"}`)}},
		"long":                         {push.Any, push.Message{Body: []byte(`{"detail-type":"` + canary + long + `"}`)}},
		"long, for AWS":                {push.AWS, push.Message{Body: []byte(`{"detail-type":"` + canary + long + `"}`)}},
		"long, for Azure":              {push.Azure, push.Message{Body: []byte(`[{"type":"Microsoft.` + canary + long + `"}]`)}},
		"a label without a name":       {push.AWS, push.Message{Body: []byte(`{"detail-type":"Secret Label Updated","source":"aws.secretsmanager","detail":{"x":"` + canary + `"}}`)}},
		"a label with a list":          {push.Any, push.Message{Body: []byte(`{"detail-type":"Secret Label Updated","detail":["` + canary + `"]}`)}},
		"a parameter without a name":   {push.AWS, push.Message{Body: []byte(`{"detail-type":"Parameter Store Change","source":"aws.ssm","detail":{"operation":"` + canary + `"}}`)}},
		"CloudTrail without a secret":  {push.AWS, push.Message{Body: []byte(`{"detail-type":"AWS API Call via CloudTrail","detail":{"eventSource":"secretsmanager.amazonaws.com","eventName":"DeleteSecret","requestID":"` + canary + `"}}`)}},
		"CloudTrail of another form":   {push.AWS, push.Message{Body: []byte(`{"detail-type":"AWS API Call via CloudTrail","detail":"` + canary + `"}`)}},
		"Google without a secret":      {push.GCP, push.Message{Attributes: map[string]string{"eventType": "SECRET_DELETE", "x": canary}}},
		"Google with a bad version":    {push.Any, push.Message{Attributes: gcp("eventType", "SECRET_VERSION_ADD", "versionId", canary+" ")}},
		"Azure without an id":          {push.Azure, push.Message{Body: []byte(`{"type":"Microsoft.KeyVault.SecretNewVersionCreated","data":{"x":"` + canary + `"}}`)}},
		"Azure with an id of a key":    {push.Any, push.Message{Body: []byte(`{"type":"Microsoft.KeyVault.SecretNewVersionCreated","data":{"id":"https://v/keys/` + canary + `/1"}}`)}},
		"Azure with an id in pieces":   {push.Any, push.Message{Body: []byte(`{"type":"Microsoft.KeyVault.SecretNewVersionCreated","data":{"id":"https://v/secrets/a/b/` + canary + `"}}`)}},
		"Azure with an id not a URL":   {push.Any, push.Message{Body: []byte(`{"type":"Microsoft.KeyVault.SecretNewVersionCreated","data":{"id":"https://%zz` + canary + `"}}`)}},
		"Azure with data in text":      {push.Any, push.Message{Body: []byte(`{"type":"Microsoft.KeyVault.SecretNewVersionCreated","data":"` + canary + `"}`)}},
		"AWS for Azure":                {push.Azure, push.Message{Body: []byte(labelEvent)}},
		"Azure for AWS":                {push.AWS, push.Message{Body: []byte(azureCloudEvent)}},
		"a confirmation of SNS":        {push.Any, push.Message{Body: []byte(`{"Type":"SubscriptionConfirmation","Token":"` + canary + `"}`)}},
		"SNS around text":              {push.Any, push.Message{Body: []byte(sns(canary))}},
		"base64 of text, with a break": {push.Any, push.Message{Body: []byte(base64.StdEncoding.EncodeToString([]byte(canary)) + "\n")}},
	} {
		t.Run(name, func(t *testing.T) {
			notices, err := m.parse(m.m)
			if !errors.Is(err, secretmux.ErrInvalid) || len(notices) != 0 {
				t.Fatalf("%v, %v, want ErrInvalid", notices, err)
			}
			conformance.NoLeak(t, err, canary)
		})
	}
}

func TestEncodeIsReadBack(t *testing.T) {
	long := "x" + strings.Repeat("\u2028", 600) + strings.Repeat("\"", 247) // 2,048 bytes, of which nearly each is escaped
	for _, n := range []push.Notice{
		{Name: "db"},
		{Name: "/prod/db", Version: "7", Time: time.Date(2026, 11, 25, 22, 0, 0, 123, time.UTC)},
		{Name: "ärger <&> \"x\"", Version: versionID},
		{Name: long, Version: strings.Repeat("\"", 1024)},
	} {
		got, err := push.JSON(push.Message{Body: push.Encode(n)})
		if err != nil || len(got) != 1 || got[0] != n {
			t.Errorf("%+v is read as %+v, %v", n, got, err)
		}
	}
}
