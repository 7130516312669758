package aws

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// queue is a fake of one SQS queue. It speaks the JSON protocol, and redelivers until a
// message is deleted, as the queue does when a visibility timeout is over.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html
type queue struct {
	mu       sync.Mutex
	messages map[string]string // receipt -> body
	calls    map[string]int
}

// startQueue sends the clients of SQS that this test makes to a queue with the messages.
func startQueue(t *testing.T, bodies ...string) *queue {
	t.Helper()
	q := &queue{messages: map[string]string{}, calls: map[string]int{}}
	for _, body := range bodies {
		q.messages["receipt of "+hash(body)] = body
	}
	server := httptest.NewServer(q)
	t.Cleanup(server.Close)
	t.Setenv("AWS_ENDPOINT_URL_SQS", server.URL)
	t.Setenv("AWS_ACCESS_KEY_ID", "id")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "key")
	t.Setenv("AWS_CONFIG_FILE", "/dev/null")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
	return q
}

// request is what the two calls of a subscription have in common with what the fake needs.
type request struct {
	QueueURL            string `json:"QueueUrl"`
	MaxNumberOfMessages int
	Entries             []entry
}

type entry struct {
	ID            string `json:"Id"`
	ReceiptHandle string `json:",omitempty"`
}

func (q *queue) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q.mu.Lock()
	defer q.mu.Unlock()
	var in request
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || !strings.HasSuffix(in.QueueURL, "/123456789012/secret-rotations") {
		http.Error(w, `{"__type":"com.amazonaws.sqs#QueueDoesNotExist"}`, http.StatusBadRequest)
		return
	}
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	q.calls[operation]++
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	switch operation {
	case "ReceiveMessage":
		_ = json.NewEncoder(w).Encode(map[string]any{"Messages": q.receive(in.MaxNumberOfMessages)})
	case "DeleteMessageBatch":
		_ = json.NewEncoder(w).Encode(map[string]any{"Successful": q.remove(in.Entries)})
	default:
		http.Error(w, `{"__type":"com.amazonaws.sqs#UnsupportedOperation"}`, http.StatusBadRequest)
	}
}

func (q *queue) receive(most int) []map[string]string {
	var found []map[string]string
	for receipt, body := range q.messages {
		if len(found) < most {
			found = append(found, map[string]string{
				"MessageId": "id of " + hash(body), "ReceiptHandle": receipt, "Body": body, "MD5OfBody": hash(body),
			})
		}
	}
	return found
}

func (q *queue) remove(entries []entry) []entry {
	var removed []entry
	for _, e := range entries {
		delete(q.messages, e.ReceiptHandle)
		removed = append(removed, entry{ID: e.ID})
	}
	return removed
}

// left returns how many messages were not deleted.
func (q *queue) left() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.messages)
}

func hash(body string) string {
	sum := md5.Sum([]byte(body)) // SQS has it in each answer, and the client compares
	return hex.EncodeToString(sum[:])
}
