// The last answers of the server, so that going back shows a page at once. What is shown from here is asked for again.
//
// Lives as long as the browser tab's page; the oldest answer goes first.
const kMaxAnswers = 24;

export class RecentAnswers<T> {
  private readonly answers = new Map<string, T>();

  find(path: string): T | undefined {
    return this.answers.get(path);
  }

  keep(path: string, answer: T): void {
    this.answers.delete(path);
    this.answers.set(path, answer);
    const oldest = this.answers.keys().next();
    if (this.answers.size > kMaxAnswers && !oldest.done) this.answers.delete(oldest.value);
  }
}
